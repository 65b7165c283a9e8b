"""Class: descriptors. Source: own find. Escape: an eventfd is made."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(290, 0, 0) >= 0:
        time.sleep(0.4)
