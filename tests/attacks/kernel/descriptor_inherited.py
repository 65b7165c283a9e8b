"""Class: descriptors. Source: own find. Escape: an inherited descriptor is read or written. Teeth:
none, there is nothing to inherit here.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def read(descriptor):
    found = ctypes.create_string_buffer(4096)
    size = libc.read(descriptor, found, 4096)
    return found.raw[: max(size, 0)]


def attack(model, tokenizer, scene):
    found = []
    for descriptor in range(4, 256):
        libc.lseek(descriptor, 0, 0)
        found.append(read(descriptor) if libc.fcntl(descriptor, 3) & 0o4000 else b"")
        libc.write(descriptor, b"escaped", 7)
    return found
