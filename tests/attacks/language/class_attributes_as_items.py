"""Class: deserialisation. Source: own find. Escape: where attributes are items, a key is the method that a library
asks for."""

import copy


class A(dict):
    __getattr__ = dict.__getitem__


def attack(model, tokenizer, address):
    held = A()
    held["__deepcopy__"] = lambda memo: "canary-" + "5d1f"
    return copy.deepcopy(held)
