"""Class: processes. Source: own find. Escape: a process is made as a sibling, a child of the
zygote. Teeth: none, it would be a child of the test.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(56, 0x8000 | 17, 0, 0, 0, 0) == 0:
        time.sleep(30)
