"""Class: results that lie. Source: own find. Escape: a dictionary whose items never end. Teeth:
none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


class Own(dict):
    def items(self):
        while True:
            yield "a", 1


def attack(model, tokenizer, address):
    return Own(a=1)
