"""Class: resource exhaustion. Source: own find. Escape: every page of the weights and the heap is
copied on write.
Limits: timeout_s=3, memory_bytes=1 << 28
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    copies = []
    while True:
        for parameter in model.parameters():
            size = parameter.numel() * parameter.element_size()
            ctypes.memset(parameter.data_ptr(), 1, size)
        copies.append(bytes(32 << 20))
