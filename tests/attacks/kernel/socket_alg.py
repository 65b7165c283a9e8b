"""Class: network. Source: own find. Escape: a socket of the family alg is held. Teeth: none, not
every kernel has it.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(41, 38, 5, 1 if 38 == 2 else 0) >= 0:
        time.sleep(0.4)
