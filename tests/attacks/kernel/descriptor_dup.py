"""Class: descriptors. Source: own find. Escape: a descriptor is doubled without end. Teeth: none,
a limit on descriptors holds it here too.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for number in range(4, 4096):
        if libc.syscall(33, 1, number) < 0:
            break
    time.sleep(0.2)
