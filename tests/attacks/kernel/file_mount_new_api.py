"""Class: files. Source: own find. Escape: fsopen, the newer way to mount, gives a descriptor.
Teeth: none, only root may.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(430, b"tmpfs", 0) >= 0:
        time.sleep(0.4)
