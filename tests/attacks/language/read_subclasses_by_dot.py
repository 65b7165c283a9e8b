"""Class: attribute walk. Source: own find. Escape: `__subclasses__` of an own class, written with a
dot."""


class A:
    pass


def attack(model, tokenizer, address):
    return A.__subclasses__
