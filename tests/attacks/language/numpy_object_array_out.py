"""Class: memory. Source: own find. Escape: the same array, emptied as an `out=` and by its methods.
Teeth: none, freed memory shows itself only by chance."""

import operator

import numpy as np


class Left:
    def __mul__(self, other):
        return 0

    def __rmul__(self, other):
        return self


def attack(model, tokenizer, address):
    ways = [
        lambda a: np.multiply(a, 0, out=a),
        lambda a: np.add(np.zeros(3), 0, a),
        lambda a: np.zeros((1, 3)).sum(axis=0, out=a),
        lambda a: np.zeros(3).take([0, 0, 0], out=a),
        lambda a: list(map(np.add, [np.zeros(3)], [0], [a])),
        lambda a: np.add.at(a, [0], 0),
        lambda a: a.fill(0),
        lambda a: a.sort(),
        lambda a: a.put([0], [0]),
        lambda a: operator.imul(a, 0),
        lambda a: operator.setitem(a, 0, 0),
        lambda a: a.__setitem__(0, 0),
    ]
    emptied = []
    for i, way in enumerate(ways):
        a = np.ones(3) * [Left() for _ in range(3)]
        try:
            way(a)
        except Exception:
            pass
        if any(type(each) is not Left for each in a.tolist()):
            emptied.append(i)
    return "canary-" + "5d1f" if emptied else None
