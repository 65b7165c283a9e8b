"""Class: descriptors. Source: CVE-2021-3490. Escape: a BPF map is made. Teeth: none, many kernels
keep it for root.
"""

import ctypes
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    attributes = ctypes.create_string_buffer(struct.pack("<IIII", 2, 4, 4, 1) + bytes(112))
    if libc.syscall(321, 0, attributes, 128) >= 0:
        time.sleep(0.4)
