"""Class: identity and namespaces. Source: own find. Escape: an ambient capability is raised.
Teeth: none, it shows only inside.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(157, 47, 2, 21, 0, 0)
