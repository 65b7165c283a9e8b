"""Class: class machinery. Source: own find. Escape: a mapping of a class's own names."""

import types


def attack(model, tokenizer, address):
    view = types.MappingProxyType(vars(type(model)))
    return next(each for each in view.values() if hasattr(each, "__globals__")).__globals__
