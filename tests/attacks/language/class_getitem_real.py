"""Class: class machinery. Source: own find. Escape: __class_getitem__ of a library's class makes
an alias that keeps its origin.
"""


def attack(model, tokenizer, address):
    return list[int].__origin__.__class__
