"""Class: identity and namespaces. Source: own find. Escape: inspect tells a function's globals."""

import inspect


def attack(model, tokenizer, address):
    return inspect.getclosurevars(attack), inspect.getmodule(inspect.signature)
