"""Class: what a call leaves behind. Source: madvise(2). Escape: madvise(18) on the weights reaches
the pages that all sandboxes share. Teeth: none, there are no shared weights here.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for parameter in model.parameters():
        page = parameter.data_ptr() & ~4095
        libc.syscall(28, ctypes.c_void_p(page), 4096, 18)
