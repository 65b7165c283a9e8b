"""Class: files. Source: own find. Escape: quotas are changed. Teeth: none, few disks have any."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(179, 0x800002, scene["folder"].encode(), 0, 0)
