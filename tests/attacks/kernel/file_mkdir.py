"""Class: files. Source: own find. Escape: a folder is made."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.syscall(258, -100, scene["folder"].encode() + b"/escaped", 0o755)
