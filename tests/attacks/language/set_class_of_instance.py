"""Class: attribute walk. Source: own find. Escape: an own object changes its class."""


class A:
    pass


class B:
    pass


def attack(model, tokenizer, address):
    a = A()
    a.__class__ = B
    return "canary-" + "5d1f" if type(a) is B else None
