"""Class: processes. Source: own find. Escape: a process is made that outlives the call."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(57) == 0:
        time.sleep(30)
