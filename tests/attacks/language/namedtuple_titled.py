"""Class: module gadget. Source: own find. Escape: a named tuple's title is a subclass of str.
Teeth: none, the library makes it plain text."""

from collections import namedtuple


class Name(str):
    pass


def attack(model, tokenizer, address):
    namedtuple(Name("A"), "x")
    return "canary-" + "5d1f"
