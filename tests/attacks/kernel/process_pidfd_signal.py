"""Class: processes. Source: own find. Escape: a process is signalled through a descriptor of it.
gVisor: has no such call.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for pid in scene["processes"].values():
        libc.syscall(424, libc.syscall(434, pid, 0), 9, 0, 0)
