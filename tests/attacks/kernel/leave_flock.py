"""Class: what a call leaves behind. Source: own find. Escape: a lock is held on what the next call
uses. Teeth: none, a lock ends with its holder.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return [libc.syscall(73, number, 2 | 4) for number in range(16)]
