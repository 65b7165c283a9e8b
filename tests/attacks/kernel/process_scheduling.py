"""Class: processes. Source: own find. Escape: another process is made to wait, or this one goes
before all. Teeth: none, nothing shows it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for pid in (0, *scene["processes"].values()):
        libc.syscall(144, pid, 1, ctypes.byref(ctypes.c_int(99)))
        libc.syscall(203, pid, 8, ctypes.byref(ctypes.c_ulong(1)))
        libc.syscall(141, 0, pid, -20)
