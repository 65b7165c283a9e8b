"""Class: files. Source: own find. Escape: the host's disks are made to write everything (sync).
Teeth: none, nothing shows it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(162)
