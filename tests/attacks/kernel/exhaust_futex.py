"""Class: resource exhaustion. Source: own find. Escape: waiting for ever on a lock that nobody
holds.
Limits: timeout_s=1
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.syscall(202, ctypes.byref(ctypes.c_int(1)), 0, 1, 0, 0, 0)
