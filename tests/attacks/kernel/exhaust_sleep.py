"""Class: resource exhaustion. Source: own find. Escape: a sleep that no signal ends, straight from
the kernel.
Limits: timeout_s=1
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.syscall(230, 1, 0, (1 << 30).to_bytes(8, "little") + bytes(8), 0)
