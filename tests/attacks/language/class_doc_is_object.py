"""Class: class machinery. Source: own find. Escape: `__doc__` is an object that answers to reads."""


class A:
    __doc__ = property(lambda self: 1)


def attack(model, tokenizer, address):
    return "canary-" + "5d1f"
