"""Class: descriptors. Source: own find. Escape: signals are read from a descriptor."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    mask = ctypes.c_ulong(1 << 14)
    if libc.syscall(289, -1, ctypes.byref(mask), 8, 0) >= 0:
        time.sleep(0.4)
