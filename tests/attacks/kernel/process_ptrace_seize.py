"""Class: processes. Source: own find. Escape: another process is seized, which stops nothing, and
stopped then. Teeth: none, who ends lets go of what it seized.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for pid in scene["processes"].values():
        if libc.syscall(101, 0x4206, pid, 0, 0) == 0:
            libc.syscall(101, 0x4207, pid, 0, 0)
            time.sleep(0.3)
