"""Class: processes. Source: own find. Escape: a parent is made a tracer, which then hears of every
stop. Teeth: none, nothing shows it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(101, 0, 0, 0, 0)
