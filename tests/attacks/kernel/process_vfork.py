"""Class: processes. Source: own find. Escape: a process is made (vfork). Teeth: none, the parent
would wait for its child.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(58) == 0:
        time.sleep(30)
