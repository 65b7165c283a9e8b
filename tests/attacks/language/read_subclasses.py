"""Class: attribute walk. Source: own find. Escape: `__subclasses__` of an own class."""


class A:
    pass


def attack(model, tokenizer, address):
    return getattr(A, "__sub" + "classes__")
