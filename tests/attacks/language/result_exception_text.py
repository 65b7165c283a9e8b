"""Class: results that lie. Source: own find. Escape: an exception whose text never ends. Teeth:
none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


class Own(Exception):
    def __str__(self):
        while True:
            pass

    @property
    def args(self):
        while True:
            pass


def attack(model, tokenizer, address):
    raise Own("x")
