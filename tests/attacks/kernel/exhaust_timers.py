"""Class: resource exhaustion. Source: own find. Escape: timers without end. Teeth: none, the
kernel has a limit of its own.
Limits: timeout_s=2
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    timer = ctypes.c_int()
    while libc.syscall(222, 0, 0, ctypes.byref(timer)) == 0:
        pass
