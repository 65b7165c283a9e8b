"""Class: what a call leaves behind. Source: keyrings(7). Escape: a key in the user's keyring
outlives the call, and the next reads it. Teeth: none, few containers have keyrings.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    deposit = scene["deposit"].encode()
    for ring in (-4, -3, -5):
        libc.syscall(248, b"user", b"cloche", deposit, len(deposit), ring)


def pick_up(model, tokenizer):
    found = ctypes.create_string_buffer(64)
    for ring in (-4, -3, -5):
        key = libc.syscall(250, 10, ring, b"user", b"cloche", 0)
        libc.syscall(250, 11, key, found, 64)
    return found.raw
