"""Class: processes. Source: CVE-2014-3153, in kind. Escape: the kernel writes at exit where a list
of held locks points: into the weights. Teeth: none, memory of its own dies with it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    parameter = next(iter(model.parameters()))
    at = parameter.data_ptr()
    libc.syscall(273, ctypes.c_void_p(at), 24)
    libc.syscall(60, 0)
