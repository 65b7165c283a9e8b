"""Class: processes. Source: own find. Escape: another process is killed."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for pid in (*scene["processes"].values(), *range(2, 32)):
        if pid in scene["processes"].values() or libc.syscall(39) == 1:  # alone in a namespace
            libc.syscall(62, pid, 9)
