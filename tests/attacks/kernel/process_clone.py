"""Class: processes. Source: own find. Escape: a process is made (clone with SIGCHLD)."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(56, 17, 0, 0, 0, 0) == 0:
        time.sleep(30)
