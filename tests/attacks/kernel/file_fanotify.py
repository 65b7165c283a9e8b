"""Class: files. Source: own find. Escape: fanotify is told of every file that the host opens.
Teeth: none, not every kernel gives it, even to root.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.syscall(300, 0, 0) >= 0:
        time.sleep(0.4)
