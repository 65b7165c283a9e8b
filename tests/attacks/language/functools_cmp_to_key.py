"""Class: module gadget. Source: own find. Escape: cmp_to_key's object keeps the function and shows
what it compares.
"""

import functools


def attack(model, tokenizer, address):
    key = functools.cmp_to_key(lambda left, right: 0)
    return [key(attack).obj.__globals__]
