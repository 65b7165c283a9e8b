"""Class: network. Source: CVE-2021-26708. Escape: a socket of the family vsock is held. Teeth:
none, not every kernel has it.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(41, 40, 1, 1 if 40 == 2 else 0) >= 0:
        time.sleep(0.4)
