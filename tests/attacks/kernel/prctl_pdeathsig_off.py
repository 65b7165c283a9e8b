"""Class: identity and namespaces. Source: own find. Escape: it asks not to die with the zygote.
Teeth: none, it shows only inside.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(157, 1, 0, 0, 0, 0)
