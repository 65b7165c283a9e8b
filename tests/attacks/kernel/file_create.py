"""Class: files. Source: own find. Escape: a file is made through creat(2)."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.syscall(85, scene["folder"].encode() + b"/escaped", 0o644)
