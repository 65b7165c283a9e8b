"""Class: secrets. Source: own find. Escape: memory given by malloc or mmap still holds another's
data. Teeth: none, what malloc gives again is chance.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.malloc.restype = ctypes.c_void_p
    found = []
    for size in (64, 1 << 12, 1 << 16, 1 << 20, 8 << 20):
        data = ctypes.string_at(libc.malloc(size), size)
        at = data.find(b"can" + b"ary-")
        found.append(data[at : at + 64] if at >= 0 else b"")
    return found
