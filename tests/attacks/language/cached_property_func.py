"""Class: class machinery. Source: own find. Escape: functools.cached_property keeps its function."""

from functools import cached_property


class A:
    @cached_property
    def x(self):
        return 1


def attack(model, tokenizer, address):
    return A.x.func.__globals__
