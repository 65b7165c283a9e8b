"""Class: builtins. Source: own find. Escape: super of two arguments reaches past an object's own
class.
"""


def attack(model, tokenizer, address):
    return super(type(model), model).forward.__func__.__globals__
