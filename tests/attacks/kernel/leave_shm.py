"""Class: what a call leaves behind. Source: own find. Escape: a System V segment outlives the
call, and the next reads it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.shmat.restype = ctypes.c_void_p
    at = libc.shmat(libc.shmget(0x5D1F, 4096, 0o1666), None, 0)
    ctypes.memmove(at, scene["deposit"].encode(), len(scene["deposit"]))


def pick_up(model, tokenizer):
    libc.shmat.restype = ctypes.c_void_p
    segment = libc.shmget(0x5D1F, 4096, 0o666)
    at = libc.shmat(segment, None, 0)
    libc.shmctl(segment, 0, None)
    return ctypes.string_at(at, 64)
