"""Class: module gadget. Source: CPython issue on namedtuple. Escape: a field name carries code.
Teeth: none, the library checks names; the generated method's globals are the prize."""

from collections import namedtuple


def attack(model, tokenizer, address):
    return namedtuple("A", "x y")._make.__func__.__globals__
