"""Class: processes. Source: own find. Escape: the same with a number that is zero in its low half.
Teeth: none, the kernel reads the low half too.
"""

import ctypes
import struct

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    limits = struct.pack("<QQ", 1, 1)
    for pid in scene["processes"].values():
        libc.syscall(302, ctypes.c_ulong(pid << 32), 7, limits, 0)
    libc.syscall(302, ctypes.c_ulong(1 << 32), 9, struct.pack("<QQ", 2**64 - 1, 2**64 - 1), 0)
