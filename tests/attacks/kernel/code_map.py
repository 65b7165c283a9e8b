"""Class: machine code. Source: own find. Escape: executable memory is mapped."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.mmap.restype = ctypes.c_void_p
    at = libc.mmap(None, 4096, 7, 0x22, -1, 0)
    time.sleep(0.4 if at and at != 2**64 - 1 else 0)
