"""Class: files. Source: own find. Escape: a context for asynchronous reads and writes is made
(io_setup). Teeth: none, a context shows nothing outside.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    context = ctypes.c_ulong()
    return libc.syscall(206, 8, ctypes.byref(context))
