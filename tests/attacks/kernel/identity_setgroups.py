"""Class: identity and namespaces. Source: own find. Escape: more groups are joined. Teeth: none,
nothing shows it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(116, 1, ctypes.byref(ctypes.c_int(0)))
