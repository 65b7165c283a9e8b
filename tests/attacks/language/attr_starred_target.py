"""Class: attribute walk. Source: own find. Escape: an unpacking writes attributes of real objects."""


def attack(model, tokenizer, address):
    (attack.__kwdefaults__, *model.__dict__["x"]) = (None, 1)
    return attack.__globals__
