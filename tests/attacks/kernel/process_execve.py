"""Class: processes. Source: own find. Escape: a program is run, and writes a file."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    arguments = (ctypes.c_char_p * 3)(b"touch", b"escaped", None)
    libc.syscall(59, b"/usr/bin/touch", arguments, None)
