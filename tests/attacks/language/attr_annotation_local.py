"""Class: attribute walk. Source: own find. Escape: an annotation of a variable reads attributes."""


def attack(model, tokenizer, address):
    holder = {}
    holder["x"]: attack.__globals__ = 1
    y: len.__self__ = 2
    return len.__self__
