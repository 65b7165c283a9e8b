"""Class: class machinery. Source: own find. Escape: a function is chosen as metaclass, hidden in **
keywords."""

seen = []


class Other:
    pass


def meta(name, bases, namespace):
    seen.append("canary-" + "5d1f")
    return Other


hidden = {"metaclass": meta}


class A(**hidden):
    pass


def attack(model, tokenizer, address):
    return seen
