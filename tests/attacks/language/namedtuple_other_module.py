"""Class: module gadget. Source: own find. Escape: a named tuple claims another module."""

from collections import namedtuple


def attack(model, tokenizer, address):
    made = namedtuple("A", "x", module="os")
    return "canary-" + "5d1f" if made.__module__ == "os" else None
