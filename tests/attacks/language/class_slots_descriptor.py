"""Class: class machinery. Source: own find. Escape: a slot's descriptor reads from any object of
that layout.
"""


class Slotted:
    __slots__ = ("x",)


def attack(model, tokenizer, address):
    return Slotted.x.__get__.__self__
