"""Class: memory. Source: own find. Escape: augmented assignment works in place on an array of
objects."""

import numpy as np


class Left:
    def __rmul__(self, other):
        return self

    def __mul__(self, other):
        return 0


class Box:
    pass


def attack(model, tokenizer, address):
    a = kept = np.ones(3) * [Left() for _ in range(3)]
    box = Box()
    box.a = other = np.ones(3) * [Left() for _ in range(3)]
    changed = []
    try:
        a *= 1
    except Exception:
        pass
    try:
        box.a *= 1
    except Exception:
        pass
    for each in (kept, other):
        if any(type(item) is not Left for item in each.tolist()):
            changed.append("canary-" + "5d1f")
    return changed
