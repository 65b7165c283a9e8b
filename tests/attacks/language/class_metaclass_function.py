"""Class: class machinery. Source: own find. Escape: a function is chosen as metaclass."""

seen = []


class Other:
    pass


def meta(name, bases, namespace):
    seen.append("canary-" + "5d1f")
    return Other


class A(metaclass=meta):
    pass


def attack(model, tokenizer, address):
    return seen
