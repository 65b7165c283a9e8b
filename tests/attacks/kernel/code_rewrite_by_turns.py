"""Class: machine code. Source: own find. Escape: code made writable, written, and made executable
again.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    at = ctypes.cast(libc.labs, ctypes.c_void_p).value
    page = ctypes.c_void_p(at & ~4095)
    if libc.mprotect(page, 4096, 7) == 0:
        ctypes.memmove(at, b"\x48\xc7\xc0\x2a\x00\x00\x00\xc3", 8)
        time.sleep(0.4)
