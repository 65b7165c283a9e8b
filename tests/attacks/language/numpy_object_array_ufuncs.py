"""Class: memory. Source: own find. Escape: the methods of ufuncs work on an array of objects."""

import numpy as np


class Left:
    def __add__(self, other):
        seen.append("canary-" + "5d1f")
        return 0

    def __rmul__(self, other):
        return self


seen = []


def attack(model, tokenizer, address):
    for way in (
        lambda a: np.add.accumulate(a),
        lambda a: np.add.outer(a, a),
        lambda a: np.add.reduce(a),
        lambda a: np.add.reduceat(a, [0]),
        lambda a: np.add.at(a, [0], 1),
        lambda a: np.add(a, a),
        lambda a: a.sum(),
        lambda a: np.cumsum(np.ones(3) * 1, out=a),
    ):
        try:
            way(np.ones(3) * [Left() for _ in range(3)])
        except Exception:
            pass
    return seen
