"""Class: descriptors. Source: own find. Escape: the channel is made to listen, or to connect
elsewhere. Teeth: none, there is no channel here.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    libc.syscall(50, 3, 8)
    libc.syscall(43, 3, 0, 0)
    address = b"\x01\x00" + scene["unix"].encode() + b"\x00"
    libc.syscall(42, 3, address, len(address))
    libc.write(3, b"escaped", 7)
