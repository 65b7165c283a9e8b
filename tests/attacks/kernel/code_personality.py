"""Class: machine code. Source: personality(2). Escape: READ_IMPLIES_EXEC makes every new page
executable. gVisor: refuses this personality.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.syscall(135, 0x0400000)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap(None, 4096, 3, 0x22, -1, 0)
    time.sleep(0.3)
