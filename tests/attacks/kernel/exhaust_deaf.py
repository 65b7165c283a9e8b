"""Class: resource exhaustion. Source: own find. Escape: every signal is blocked or handled, so
that only SIGKILL ends it. Teeth: none, the test's own clock is a signal.
Limits: timeout_s=1
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    mask = ctypes.c_ulong(2**64 - 1)
    libc.syscall(14, 0, ctypes.byref(mask), 0, 8)
    libc.syscall(37, 0)
    while True:
        pass
