"""Class: network. Source: own find. Escape: a connection to this machine over IPv6. Teeth: none,
not every machine has IPv6.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def address(family, *parts):
    return family.to_bytes(2, "little") + b"".join(parts)


def attack(model, tokenizer, scene):
    peer = address(10, scene.get("tcp6", 1).to_bytes(2, "big"), bytes(19), b"\x01", bytes(4))
    return libc.syscall(42, libc.syscall(41, 10, 1, 0), peer, 28)
