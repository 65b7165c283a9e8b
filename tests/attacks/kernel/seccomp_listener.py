"""Class: identity and namespaces. Source: seccomp_unotify(2), on ordering. Escape: a filter of its
own asks a listener, whose answer goes before the wall's. Teeth: none, the process could do
nothing afterwards.
"""

import ctypes
import struct

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    notify = ctypes.create_string_buffer(struct.pack("<HBBI", 6, 0, 0, 0x7FC00000))
    program = struct.pack("<HHIQ", 1, 0, 0, ctypes.addressof(notify))
    libc.syscall(157, 38, 1, 0, 0, 0)
    if libc.syscall(317, 1, 8, program) >= 0:
        libc.usleep(400_000)
