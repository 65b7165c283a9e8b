"""Class: results that lie. Source: own find. Escape: an exception whose class lies about its name.
Teeth: none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


class Own(Exception):
    pass


Own.__name__ = Own.__qualname__ = "x" * 10_000_000
Own.__module__ = "\x1b[2J"


def attack(model, tokenizer, address):
    raise Own("x")
