"""Class: machine code. Source: mremap(2). Escape: the shared mapping of the weights is doubled
into a writable, shared one (mremap of size 0). Teeth: none, there are no shared weights here.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.mremap.restype = ctypes.c_void_p
    at = next(iter(model.parameters())).data_ptr()
    page = at & ~4095
    doubled = libc.mremap(ctypes.c_void_p(page), 0, 4096, 1)
    if doubled and doubled != 2**64 - 1:
        ctypes.memmove(doubled + (at - page), b"\xff" * 64, 64)
