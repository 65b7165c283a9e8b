"""Class: resource exhaustion. Source: own find. Escape: random bytes without end, asked of the
kernel in one long call.
Limits: timeout_s=1
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    data = ctypes.create_string_buffer(32 << 20)
    while True:
        libc.syscall(318, data, 32 << 20, 0)
