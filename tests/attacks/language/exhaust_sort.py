"""Class: resource exhaustion. Source: own find. Escape: a sort whose comparison never ends.
Limits: timeout_s=0.5
"""


def attack(model, tokenizer, address):
    class Slow:
        def __lt__(self, other):
            while True:
                pass

    return sorted([Slow(), Slow()])
