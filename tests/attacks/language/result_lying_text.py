"""Class: results that lie. Source: own find. Escape: a text whose encoding is a method of its own.
Teeth: none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


class Own(str):
    def encode(self, *args):
        return b"x" * 1_000_000_000


def attack(model, tokenizer, address):
    return Own("x")
