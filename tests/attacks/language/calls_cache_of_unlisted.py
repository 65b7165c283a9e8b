"""Class: module gadget. Source: own find. Escape: a cache of what is not listed is called."""

import functools


def attack(model, tokenizer, address):
    functools.cache(eval)("open('escaped', 'w').close()")
