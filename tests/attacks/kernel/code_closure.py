"""Class: machine code. Source: own find. Escape: libffi makes code at run time for a callback.
Teeth: none, a callback that works is no escape where all pages are private.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    callback = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 42)
    return callback()
