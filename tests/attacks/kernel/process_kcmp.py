"""Class: processes. Source: own find. Escape: two processes' descriptors are compared, which tells
where they lie. Teeth: none, nothing shows it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    pids = list(scene["processes"].values())
    return [libc.syscall(312, pid, pids[0], 2, 0, 0) for pid in pids]
