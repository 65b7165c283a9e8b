"""Class: identity and namespaces. Source: own find. Escape: the process makes itself one that
peers may attach to. Teeth: none, it shows only inside.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(157, 4, 1, 0, 0, 0)
