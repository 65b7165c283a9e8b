"""Class: processes. Source: own find. Escape: a program is started by the C library."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    arguments = (ctypes.c_char_p * 3)(b"touch", b"escaped", None)
    pid = ctypes.c_int()
    libc.posix_spawn(ctypes.byref(pid), b"/usr/bin/touch", None, None, arguments, None)
    libc.waitpid(pid, None, 0)
