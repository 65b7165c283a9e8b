"""Class: descriptors. Source: CVE-2021-22555, exploit write-up. Escape: page faults are held open:
the kernel waits as long as the attack wants. Teeth: none, many kernels keep it for root.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(323, 0o2000000 | 1) >= 0:
        time.sleep(0.4)
