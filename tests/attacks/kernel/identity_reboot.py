"""Class: identity and namespaces. Source: own find. Escape: the machine is restarted. Teeth: none,
it would.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(169, 0xFEE1DEAD, 0, 0, 0)
