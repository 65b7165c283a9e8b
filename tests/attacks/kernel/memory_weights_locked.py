"""Class: what a call leaves behind. Source: own find. Escape: the weights' pages are locked and
shared out (mlock, MAP_FIXED over them). Teeth: none, memory of its own dies with it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    page = next(iter(model.parameters())).data_ptr() & ~4095
    libc.mlock(ctypes.c_void_p(page), 4096)
    libc.mmap(ctypes.c_void_p(page), 4096, 3, 0x31, -1, 0)
