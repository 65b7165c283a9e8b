"""Class: files. Source: own find. Escape: a file is moved."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.syscall(
        316, -100, scene["secret_file"].encode(), -100, scene["folder"].encode() + b"/moved", 0
    )
