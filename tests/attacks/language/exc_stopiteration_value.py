"""Class: exceptions. Source: own find. Escape: a generator returns what a library callable gave."""

import functools


def gen():
    yield
    return functools.partial(open, "escaped", "w")


def attack(model, tokenizer, address):
    g = gen()
    next(g)
    try:
        next(g)
    except StopIteration as e:
        return e.value()
