"""Class: descriptors. Source: CVE-2011-1082. Escape: an epoll set is made; nested ones made
kernels walk for minutes.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(291, 0) >= 0:
        time.sleep(0.4)
