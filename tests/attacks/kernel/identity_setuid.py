"""Class: identity and namespaces. Source: own find. Escape: the process becomes another user.
Teeth: none, only root has the right to lose.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for user in (0, 65534):
        libc.syscall(106, user)
        libc.syscall(105, user)
    time.sleep(0.2)
