"""Class: files. Source: CVE-2022-29582 and its family; io_uring(7). Escape: a ring runs system
calls past the filter: a descriptor of one is held. Teeth: none, many kernels have it switched
off.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    parameters = ctypes.create_string_buffer(120)
    if libc.syscall(425, 4, parameters) >= 0:
        time.sleep(0.4)
