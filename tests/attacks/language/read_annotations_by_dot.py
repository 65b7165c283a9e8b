"""Class: attribute walk. Source: own find. Escape: the annotations of a class, which may then be
changed."""


class A:
    x: int


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if A.__annotations__ else None
