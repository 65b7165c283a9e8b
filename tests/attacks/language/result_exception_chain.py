"""Class: results that lie. Source: own find. Escape: an exception with causes without end. Teeth:
none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


def attack(model, tokenizer, address):
    error = ValueError("x")
    error.__cause__ = error
    for number in range(10_000):
        following = ValueError(number)
        following.__cause__ = error
        error = following
    raise error
