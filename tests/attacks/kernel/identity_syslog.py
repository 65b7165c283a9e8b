"""Class: identity and namespaces. Source: own find. Escape: the kernel's log is read. Teeth: none,
there is no secret in it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    found = ctypes.create_string_buffer(4096)
    libc.syscall(103, 3, found, 4096)
    return found.raw
