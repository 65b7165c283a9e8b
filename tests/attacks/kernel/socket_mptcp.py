"""Class: network. Source: own find. Escape: the same over MPTCP, which Landlock's rules for TCP do
not name. Teeth: none, not every kernel has it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def address(family, *parts):
    return family.to_bytes(2, "little") + b"".join(parts)


def attack(model, tokenizer, scene):
    peer = address(2, scene["tcp"].to_bytes(2, "big"), bytes([127, 0, 0, 1]), bytes(8))
    return libc.syscall(42, libc.syscall(41, 2, 1, 262), peer, 16)
