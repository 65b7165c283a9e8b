"""Class: resource exhaustion. Source: own find. Escape: memory is taken until there is none.
Limits: timeout_s=3, memory_bytes=1 << 28
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.malloc.restype = ctypes.c_void_p
    while True:
        at = libc.malloc(32 << 20)
        if not at:
            raise MemoryError
        ctypes.memset(at, 1, 32 << 20)
