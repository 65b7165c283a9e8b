"""Class: processes. Source: own find. Escape: the zygote is killed as the parent. Teeth: none, the
parent is the test itself.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.syscall(62, libc.syscall(110), 19)
