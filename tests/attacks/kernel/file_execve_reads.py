"""Class: files. Source: own find. Escape: a program reads the file: cat as the next program."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    arguments = (ctypes.c_char_p * 4)(
        b"sh", b"-c", b"echo > " + scene["folder"].encode() + b"/escaped", None
    )
    libc.syscall(59, b"/bin/sh", arguments, None)
