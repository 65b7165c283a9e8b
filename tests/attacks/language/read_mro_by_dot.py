"""Class: attribute walk. Source: own find. Escape: the order of a class's bases, written with a
dot."""


class A:
    pass


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if A.__mro__ else None
