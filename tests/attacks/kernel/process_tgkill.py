"""Class: processes. Source: own find. Escape: a thread of another process is killed, by two
numbers.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for pid in scene["processes"].values():
        libc.syscall(234, pid, pid, 9)
