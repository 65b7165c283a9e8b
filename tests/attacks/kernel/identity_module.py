"""Class: identity and namespaces. Source: own find. Escape: a kernel module is loaded. Teeth:
none, it is no module.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return [libc.syscall(175, b"x", 1, b"")]
