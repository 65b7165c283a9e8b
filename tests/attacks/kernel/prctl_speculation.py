"""Class: identity and namespaces. Source: own find. Escape: speculation is switched on again.
Teeth: none, it shows only inside.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(157, 53, 0, 2, 0, 0)
