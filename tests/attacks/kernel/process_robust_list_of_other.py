"""Class: processes. Source: own find. Escape: the addresses of another process's locks are asked
for. Teeth: none, an address shows nothing outside.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    head, size = ctypes.c_ulong(), ctypes.c_ulong()
    return [
        libc.syscall(274, pid, ctypes.byref(head), ctypes.byref(size))
        for pid in scene["processes"].values()
    ]
