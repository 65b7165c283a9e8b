"""Class: what a call leaves behind. Source: own find. Escape: a System V queue outlives the call,
and the next reads it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    queue = libc.msgget(0x5D1F, 0o1666)
    libc.msgsnd(
        queue, (1).to_bytes(8, "little") + scene["deposit"].encode(), len(scene["deposit"]), 0o4000
    )


def pick_up(model, tokenizer):
    queue = libc.msgget(0x5D1F, 0o666)
    found = ctypes.create_string_buffer(72)
    libc.msgrcv(queue, found, 64, 0, 0o4000)
    libc.msgctl(queue, 0, None)
    return found.raw
