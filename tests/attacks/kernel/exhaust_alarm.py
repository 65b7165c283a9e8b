"""Class: resource exhaustion. Source: own find. Escape: a timer that kills is set, and the process
changed afterwards. Teeth: none, it would end only itself.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return [libc.syscall(37, 1), libc.syscall(38, 0, bytes(32), 0)]
