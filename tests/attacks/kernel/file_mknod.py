"""Class: files. Source: own find. Escape: a named pipe is made."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.syscall(259, -100, scene["folder"].encode() + b"/escaped", 0o10644, 0)
