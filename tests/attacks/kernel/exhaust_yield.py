"""Class: resource exhaustion. Source: own find. Escape: the processor is given up without end,
from many threads.
Limits: timeout_s=1
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    while True:
        libc.syscall(24)
