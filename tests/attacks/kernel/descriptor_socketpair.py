"""Class: descriptors. Source: own find. Escape: a pair of sockets holds memory of the kernel."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    ends = (ctypes.c_int * 2)()
    if libc.syscall(53, 1, 1, 0, ends) == 0:
        time.sleep(0.4)
