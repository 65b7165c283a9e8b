"""Class: identity and namespaces. Source: CVE-2022-0185, whose first step it is. Escape: an own
user namespace gives every capability in it. gVisor: does it, and shows the old namespaces.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for flag in (0x10000000, 0x20000, 0x40000000, 0x8000000, 0x4000000, 0x2000000):
        if libc.syscall(272, flag) == 0:
            time.sleep(0.3)
            return
