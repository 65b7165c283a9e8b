"""Class: attribute walk. Source: own find. Escape: `mro`, which the metaclass defines, has no
underscores."""


class A:
    pass


def attack(model, tokenizer, address):
    return A.mro
