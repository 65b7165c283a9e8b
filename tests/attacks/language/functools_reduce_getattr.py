"""Class: module gadget. Source: own find. Escape: functools.reduce walks attributes with getattr."""

import functools


def attack(model, tokenizer, address):
    return functools.reduce(getattr, ["generate", "__func__", "__globals__"], model)
