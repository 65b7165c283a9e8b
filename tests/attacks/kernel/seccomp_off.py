"""Class: identity and namespaces. Source: own find. Escape: the filter is taken off, or another is
put in its place. Teeth: none, there is no filter here.
"""

import ctypes
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    allow = ctypes.create_string_buffer(struct.pack("<HBBI", 6, 0, 0, 0x7FFF0000))
    program = struct.pack("<HHIQ", 1, 0, 0, ctypes.addressof(allow))
    libc.syscall(157, 22, 0, 0, 0, 0)
    libc.syscall(317, 0, 0, 0)
    libc.syscall(317, 1, 0, program)
    time.sleep(0.2)
