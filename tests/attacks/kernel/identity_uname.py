"""Class: identity and namespaces. Source: own find. Escape: the host's name is told. Teeth: none,
a name is no secret of the scene.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    found = ctypes.create_string_buffer(390)
    libc.syscall(63, found)
    return found.raw.replace(b"\0", b"")
