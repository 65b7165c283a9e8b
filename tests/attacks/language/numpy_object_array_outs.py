"""Class: memory. Source: own find. Escape: an array of objects is where a ufunc puts its results,
alone and in a tuple."""

import numpy as np


class Left:
    def __rmul__(self, other):
        return self


def attack(model, tokenizer, address):
    changed = []
    for way in (
        lambda a: np.add(np.zeros(3), 1, out=a),
        lambda a: np.divmod(np.ones(3), 1, out=(a, a)),
    ):
        a = np.ones(3) * [Left() for _ in range(3)]
        try:
            way(a)
        except Exception:
            pass
        if any(type(each) is not Left for each in a.tolist()):
            changed.append("canary-" + "5d1f")
    return changed
