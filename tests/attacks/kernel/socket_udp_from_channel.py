"""Class: network. Source: own find. Escape: a datagram through the channel's own descriptor.
Teeth: none, there is no channel here.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def address(family, *parts):
    return family.to_bytes(2, "little") + b"".join(parts)


def attack(model, tokenizer, scene):
    peer = address(2, scene["udp"].to_bytes(2, "big"), bytes([127, 0, 0, 1]), bytes(8))
    return libc.syscall(44, 3, b"x", 1, 0, peer, 16)
