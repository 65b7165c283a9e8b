"""Class: machine code. Source: own find. Escape: the same with a protection key. gVisor: has no
such call.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.mmap.restype = ctypes.c_void_p
    at = libc.mmap(None, 4096, 3, 0x22, -1, 0)
    done = libc.syscall(329, ctypes.c_void_p(at), 4096, 5, -1)
    time.sleep(0.4 if done == 0 else 0)
