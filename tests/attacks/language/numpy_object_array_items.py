"""Class: memory. Source: own find. Escape: items of an array of objects are set, by a statement and
by name."""

import numpy as np


class Left:
    def __rmul__(self, other):
        return self


def attack(model, tokenizer, address):
    changed = []

    def by_statement(a):
        a[0] = 0

    def by_slice(a):
        a[:] = 0

    for way in (by_statement, by_slice, lambda a: a.__setitem__(0, 0), lambda a: a.fill(0)):
        a = np.ones(3) * [Left() for _ in range(3)]
        try:
            way(a)
        except Exception:
            pass
        if any(type(each) is not Left for each in a.tolist()):
            changed.append("canary-" + "5d1f")
    return changed
