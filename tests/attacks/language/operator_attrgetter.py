"""Class: module gadget. Source: common knowledge. Escape: attrgetter walks attributes."""

import operator


def helper():
    pass


def attack(model, tokenizer, address):
    return operator.attrgetter("__globals__")(helper)
