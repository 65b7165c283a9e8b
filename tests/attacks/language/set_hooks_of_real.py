"""Class: memory. Source: own find. Escape: real objects are given methods that numpy and copy call."""

import copy

import numpy as np


def attack(model, tokenizer, address):
    seen = []
    for name, use in (("__array__", np.array), ("__deepcopy__", copy.deepcopy)):
        try:
            setattr(model.config, name, lambda *args, **kw: seen.append("canary-" + "5d1f"))
            use(model.config)
        except Exception:
            pass
    return seen
