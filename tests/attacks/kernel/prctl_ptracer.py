"""Class: identity and namespaces. Source: own find. Escape: anybody may trace it. Teeth: none, it
shows only inside.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(157, 0x59616D61, -1, 0, 0, 0)
