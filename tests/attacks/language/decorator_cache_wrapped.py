"""Class: decorators. Source: own find. Escape: functools.cache keeps the undecorated function and
its module.
"""

import functools


@functools.lru_cache
def found():
    return 1


def attack(model, tokenizer, address):
    return found.__wrapped__.__globals__
