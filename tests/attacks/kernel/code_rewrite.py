"""Class: machine code. Source: own find. Escape: the C library's own code is overwritten."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    at = ctypes.cast(libc.labs, ctypes.c_void_p).value & ~4095
    if libc.mprotect(ctypes.c_void_p(at), 4096, 7) == 0:
        time.sleep(0.4)
