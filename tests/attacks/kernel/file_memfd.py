"""Class: files. Source: own find. Escape: a file in memory is made, outside the memory limit."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(319, b"escaped", 0) >= 0:
        time.sleep(0.4)
