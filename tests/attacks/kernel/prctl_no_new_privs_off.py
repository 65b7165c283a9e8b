"""Class: identity and namespaces. Source: own find. Escape: no_new_privs is taken back. Teeth:
none, it shows only inside.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(157, 38, 0, 0, 0, 0)
