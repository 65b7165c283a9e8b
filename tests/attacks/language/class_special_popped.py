"""Class: deserialisation. Source: own find. Escape: `__getattr__` as another method of dict's answers the library past
every look at names."""

import copy


class A(dict):
    __getattr__ = dict.pop


def attack(model, tokenizer, address):
    held = A()
    held["__deepcopy__"] = lambda memo: "canary-" + "5d1f"
    return copy.deepcopy(held)
