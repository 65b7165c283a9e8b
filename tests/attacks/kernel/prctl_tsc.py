"""Class: identity and namespaces. Source: own find. Escape: the time stamp counter is made to
trap. Teeth: none, it shows only inside.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(157, 26, 2, 0, 0, 0)
