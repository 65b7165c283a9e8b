"""Class: memory. Source: own find. Escape: an argument's field tells numpy where an array lies.
Teeth: none, a record answers for no special name.
"""

import numpy as np


def attack(model, tokenizer, record):
    place = {"shape": (6,), "typestr": "|u1", "data": (record["address"], True), "version": 3}
    record.update({"__array_interface__": place})
    return np.array(record).tobytes()
