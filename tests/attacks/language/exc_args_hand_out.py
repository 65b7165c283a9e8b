"""Class: exceptions. Source: own find. Escape: a library's exception carries objects in its
arguments.
"""

import functools


def attack(model, tokenizer, address):
    def thrower(item):
        raise ValueError(thrower)

    try:
        functools.reduce(lambda a, b: thrower(b), [1, 2])
    except ValueError as error:
        return error.args[0].__globals__
