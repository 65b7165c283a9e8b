"""Class: class machinery. Source: own find. Escape: _missing_ of an enum is called by the library
with its class.
"""

import enum


class Colour(enum.Enum):
    RED = 1

    @classmethod
    def _missing_(cls, value):
        return cls.__class__.__call__.__globals__


def attack(model, tokenizer, address):
    try:
        return Colour(2)
    except TypeError:
        return Colour._missing_(2)
