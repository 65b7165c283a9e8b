"""Class: identity and namespaces. Source: own find. Escape: where its code and heap lie is
rewritten (PR_SET_MM). Teeth: none, it shows only inside.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(157, 35, 1, 0, 0, 0)
