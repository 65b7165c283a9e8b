"""Class: files. Source: own find. Escape: a file becomes swap. Teeth: none, the file is no swap."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.syscall(167, scene["secret_file"].encode(), 0)
