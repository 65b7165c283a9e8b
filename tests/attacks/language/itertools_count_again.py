"""Class: memory. Source: own find. Escape: the process breaks. A number of its own asks the counter for the
next while a step is added: both get the same object, which is counted once."""

from itertools import count


class Number:
    def __int__(self):
        return 1

    def __add__(self, other):
        asked.append(1)
        if len(asked) < 3:
            got.append(next(counter))
        return Number()


asked = []
got = []


def attack(model, tokenizer, address):
    global counter
    kept = []
    for _ in range(100):
        asked.clear()
        counter = count(Number(), 1)
        found = [next(counter)]
        got.clear()
        kept.append([Number() for _ in range(10)])
        found.clear()
        kept.append([[i] for i in range(100)])
    return repr(kept)
