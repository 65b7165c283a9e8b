"""Class: machine code. Source: own find. Escape: the two bytes of int 0x80 as they stand in the C
library. Teeth: none, what the processor does next is chance.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    start = ctypes.cast(libc.labs, ctypes.c_void_p).value & ~4095
    code = ctypes.string_at(start, 1 << 20)
    found = code.find(b"\xcd\x80")
    if found >= 0:
        return ctypes.CFUNCTYPE(ctypes.c_int)(start + found)()
