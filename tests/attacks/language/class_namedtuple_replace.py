"""Class: class machinery. Source: own find. Escape: a named tuple's _replace and _make build by a
method that can be swapped.
"""

from collections import namedtuple

Point = namedtuple("Point", "x y")


def attack(model, tokenizer, address):
    return Point._make.__func__.__globals__
