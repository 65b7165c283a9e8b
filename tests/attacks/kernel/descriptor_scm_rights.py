"""Class: descriptors. Source: own find. Escape: a descriptor is handed to the front through the
channel. Teeth: none, there is no channel here.
"""

import ctypes
import struct

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    data = ctypes.create_string_buffer(b"x")
    vector = struct.pack("<QQ", ctypes.addressof(data), 1)
    vector_at = ctypes.create_string_buffer(vector)
    control = ctypes.create_string_buffer(struct.pack("<QiiI", 20, 1, 1, 3))
    header = struct.pack(
        "<QIIQQQQI", 0, 0, 0, ctypes.addressof(vector_at), 1, ctypes.addressof(control), 24, 0
    )
    return libc.syscall(46, 3, header + bytes(4), 0)
