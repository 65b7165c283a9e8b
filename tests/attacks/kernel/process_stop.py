"""Class: processes. Source: own find. Escape: another process is stopped."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for pid in scene["processes"].values():
        libc.syscall(62, pid, 19)
