"""Class: attribute walk. Source: own find. Escape: a class token gives up its class."""


def attack(model, tokenizer, address):
    t = type(x for x in [1])
    return (t.cls if hasattr(t, "cls") else t).__base__.__subclasses__
