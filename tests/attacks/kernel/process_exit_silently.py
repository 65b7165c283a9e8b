"""Class: processes. Source: own find. Escape: the process ends without an answer, and holds its
place. Teeth: none, a process may end.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.syscall(231, 0)
