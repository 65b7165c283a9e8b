"""Class: files. Source: own find. Escape: a POSIX shared memory object is made."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    if libc.shm_open(f"/{scene['abstract']}".encode(), 0o102, 0o600) >= 0:
        time.sleep(0.4)
        libc.shm_unlink(f"/{scene['abstract']}".encode())
