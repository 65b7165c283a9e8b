"""Class: files. Source: own find. Escape: a hole is punched into what the weights lie in
(fallocate). Teeth: none, there are no such weights here.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for descriptor in range(3, 64):
        libc.syscall(285, descriptor, 3, 0, 1 << 20)
