"""Class: module gadget. Source: own find. Escape: the same, by functools.wraps."""

import functools


class A:
    pass


def helper():
    pass


def attack(model, tokenizer, address):
    a = A()
    functools.wraps(helper, assigned=("__globals__",), updated=())(a)
    return vars(a)["__globals__"]
