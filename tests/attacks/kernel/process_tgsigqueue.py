"""Class: processes. Source: own find. Escape: the same for a thread (rt_tgsigqueueinfo)."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for pid in scene["processes"].values():
        libc.syscall(
            297,
            pid,
            pid,
            9,
            ctypes.create_string_buffer(
                (9).to_bytes(8, "little") + b"\xff\xff\xff\xff" + bytes(116)
            ),
        )
