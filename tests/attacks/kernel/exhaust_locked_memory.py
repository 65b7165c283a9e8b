"""Class: resource exhaustion. Source: own find. Escape: memory is locked, so that the machine
cannot swap it. Teeth: none, nothing shows it.
Limits: timeout_s=2, memory_bytes=1 << 27
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.mlockall(3)
    return len(bytes(256 << 20)) and None
