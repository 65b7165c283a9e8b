"""Class: memory. Source: own find. Escape: the same array, made by an operator and emptied in place."""

import numpy as np


class Other:
    def __init__(self):
        self.x = 0


class Left:
    def __init__(self):
        self.x = 1

    def __rmul__(self, other):
        return self

    def __mul__(self, other):
        return 0

    def __add__(self, other):
        global a, b
        a *= 0
        b *= 0
        return NotImplemented


class Right:
    def __init__(self):
        self.x = 1

    def __rmul__(self, other):
        return self

    def __mul__(self, other):
        return 0

    def __radd__(self, other):
        kept.extend(Other() for _ in range(20_000))
        if type(other) is not Left:
            seen.append("canary-" + "5d1f")
        return 0


kept = []
seen = []
a = np.ones(100) * [Left() for _ in range(100)]
b = np.ones(100) * [Right() for _ in range(100)]


def attack(model, tokenizer, address):
    a + b
    return seen
