"""Class: descriptors. Source: own find. Escape: a timer with a descriptor is made."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(283, 1, 0) >= 0:
        time.sleep(0.4)
