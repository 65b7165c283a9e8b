"""Class: machine code. Source: own find. Escape: protection bits that a filter may not look at.
Teeth: none, the kernel refuses bits it does not know.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.mmap.restype = ctypes.c_void_p
    at = libc.mmap(None, 4096, 3, 0x22, -1, 0)
    done = libc.syscall(10, ctypes.c_void_p(at), 4096, ctypes.c_ulong(1 << 32 | 7))
    time.sleep(0.4 if done == 0 else 0)
