"""Class: attribute walk. Source: own find. Escape: x.y += z reads and writes past the plain
guards.
"""


class Plus:
    def __add__(self, other):
        return other

    def __radd__(self, other):
        found.append(other)
        return other


found = []


def attack(model, tokenizer, address):
    attack.__dict__ |= {}
    return attack.__globals__
