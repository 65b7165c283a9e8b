"""Class: identity and namespaces. Source: own find. Escape: another kernel is loaded. Teeth: none,
it would unload one.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(246, 0, 0, 0, 0)
