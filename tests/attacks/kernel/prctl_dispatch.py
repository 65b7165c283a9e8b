"""Class: identity and namespaces. Source: own find. Escape: system calls are dispatched to user
space (PR_SET_SYSCALL_USER_DISPATCH). Teeth: none, it shows only inside.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(157, 59, 1, 0, 0, 0)
