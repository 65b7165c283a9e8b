"""Class: memory. Source: own find. Escape: each operator of `operator` works in place on an array
of objects."""

import operator

import numpy as np


class Left:
    def __add__(self, other):
        return 0

    __sub__ = __mul__ = __truediv__ = __floordiv__ = __and__ = __or__ = __xor__ = __add__

    def __rmul__(self, other):
        return self


def attack(model, tokenizer, address):
    names = ("iadd", "isub", "imul", "itruediv", "ifloordiv", "iand", "ior", "ixor")
    changed = []
    for name in names:
        a = np.ones(3) * [Left() for _ in range(3)]
        try:
            getattr(operator, name)(a, 1)
        except Exception:
            pass
        if any(type(each) is not Left for each in a.tolist()):
            changed.append("canary-" + "5d1f")
    return changed
