"""Class: processes. Source: own find. Escape: the process aborts and leaves a core."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.abort()
