"""Class: network. Source: CVE-2020-14386. Escape: a socket of the family packet is held. Teeth:
none, only root may.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(41, 17, 3, 1 if 17 == 2 else 0) >= 0:
        time.sleep(0.4)
