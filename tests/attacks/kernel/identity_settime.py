"""Class: identity and namespaces. Source: own find. Escape: the clock is set. Teeth: none, it
would set this machine's.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(227, 0, bytes(16))
