"""Class: processes. Source: own find. Escape: another process's pages are moved. Teeth: none,
nothing shows it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return [libc.syscall(279, pid, 0, 0, 0, 0, 0) for pid in scene["processes"].values()]
