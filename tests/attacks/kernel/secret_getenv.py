"""Class: secrets. Source: own find. Escape: a variable is read through the C library."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.getenv.restype = ctypes.c_char_p
    return libc.getenv(b"CLOCHE_CANARY")
