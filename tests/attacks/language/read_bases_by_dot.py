"""Class: attribute walk. Source: own find. Escape: the bases of a class, written with a dot."""


class A:
    pass


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if A.__bases__ else None
