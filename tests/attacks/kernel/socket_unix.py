"""Class: network. Source: own find. Escape: a unix socket with a file."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def address(family, *parts):
    return family.to_bytes(2, "little") + b"".join(parts)


def attack(model, tokenizer, scene):
    peer = address(1, scene["unix"].encode(), b"\0")
    return libc.syscall(42, libc.syscall(41, 1, 1, 0), peer, len(peer))
