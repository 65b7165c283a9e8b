"""Class: secrets. Source: own find. Escape: the random bytes that the kernel gave the process
(AT_RANDOM) are shared by all calls. Teeth: none, they are no secret of the scene.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.getauxval.restype = ctypes.c_void_p
    return ctypes.string_at(libc.getauxval(25), 16)
