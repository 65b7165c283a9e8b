"""Class: class machinery. Source: own find. Escape: __class_getitem__ of a library's class makes
an alias that keeps its origin.
"""


def attack(model, tokenizer, address):
    alias = list[int]
    return [
        alias.__origin__.__class__.__subclasses__,
        alias.__mro_entries__.__self__.__reduce__()[0].__self__,
        type,
    ]
