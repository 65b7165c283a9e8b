"""Class: class machinery. Source: own find. Escape: super without an object reads attributes of
super itself."""


class A:
    pass


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if getattr(super(A), "__doc__") else None
