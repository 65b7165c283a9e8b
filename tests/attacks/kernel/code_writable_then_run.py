"""Class: machine code. Source: own find. Escape: a page of code is written to while it may not
run, then is run.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    at = ctypes.cast(libc.labs, ctypes.c_void_p).value
    libc.mprotect(ctypes.c_void_p(at & ~4095), 4096, 3)
    ctypes.memmove(at, b"\x48\xc7\xc0\x2a\x00\x00\x00\xc3", 8)
    return libc.labs(1)
