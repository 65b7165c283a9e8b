"""Class: results that lie. Source: own find. Escape: a list whose subclass lies about its length.
Teeth: none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


class Own(list):
    def __len__(self):
        return 1 << 40

    def __iter__(self):
        while True:
            yield 1


def attack(model, tokenizer, address):
    return Own([1, 2, 3])
