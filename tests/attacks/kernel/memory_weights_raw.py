"""Class: what a call leaves behind. Source: own find. Escape: the weights are overwritten where
they lie.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for parameter in model.parameters():
        size = parameter.numel() * parameter.element_size()
        ctypes.memset(parameter.data_ptr(), 0xFF, size)
