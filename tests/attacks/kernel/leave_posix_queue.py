"""Class: what a call leaves behind. Source: own find. Escape: a POSIX queue outlives the call, and
the next reads it. Teeth: none, few containers have them.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    queue = libc.mq_open(b"/cloche", 0o102, 0o600, None)
    libc.mq_send(queue, scene["deposit"].encode(), len(scene["deposit"]), 0)


def pick_up(model, tokenizer):
    found = ctypes.create_string_buffer(1 << 16)
    queue = libc.mq_open(b"/cloche", 0)
    libc.mq_unlink(b"/cloche")
    libc.mq_receive(queue, found, 1 << 16, None)
    return found.raw[:64]
