"""Class: machine code. Source: own find. Escape: a library is loaded. Teeth: none, loading shows
nothing outside.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.dlopen.restype = ctypes.c_void_p
    return [
        bool(libc.dlopen(name, 2)) and None
        for name in (b"libnsl.so.1", b"libm.so.6", b"libutil.so.1")
    ]
