"""Class: class machinery. Source: own find. Escape: a method of a class is copied by reading its name of the class,
and the name of a function of the attack's own is what the attack says."""

import copy


class Own:
    pass


def attack(model, tokenizer, address):
    def method(cls):
        pass

    Own.method = classmethod(method)
    found = []
    for name in ("__subclasses__", "__dict__", "mro", "__reduce_ex__"):
        method.__name__ = name
        found.append(copy.copy(Own.method))
    method.__name__ = "method"
    return found
