"""Class: secrets. Source: own find. Escape: what an earlier process left in the heap. Teeth: none,
where a heap keeps what is chance.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def _places(data, word):
    at = data.find(word)
    while at >= 0:
        yield at
        at = data.find(word, at + 1)


def attack(model, tokenizer, scene):
    libc.sbrk.restype = ctypes.c_void_p
    end = libc.sbrk(0)
    found = []
    here = end
    for size in (1 << 16, 1 << 18, 1 << 20, 4 << 20):
        data = ctypes.string_at(end - size, size)
        found = [data[at - 8 : at + 64] for at in _places(data, b"can" + b"ary-")]
    return found
