"""Class: results that lie. Source: own find. Escape: a number whose size is a method of its own.
Teeth: none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


class Own(int):
    def bit_length(self):
        return -1

    def to_bytes(self, *args, **kwargs):
        return b""


def attack(model, tokenizer, address):
    return Own(1)
