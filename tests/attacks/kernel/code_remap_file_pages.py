"""Class: machine code. Source: own find. Escape: pages of a mapping change places
(remap_file_pages). Teeth: none, there are no shared weights here.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    page = next(iter(model.parameters())).data_ptr() & ~4095
    return libc.syscall(216, ctypes.c_void_p(page), 4096, 0, 1, 0)
