"""Class: processes. Source: own find. Escape: the process ends by a trap, and the zygote with it."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    ctypes.string_at(8)
