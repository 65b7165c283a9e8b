"""Class: processes. Source: own find. Escape: a command is run by the C library."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.system(b"touch escaped")
