"""Class: module gadget. Source: own find. Escape: a partial of what is not listed is called."""

import functools


def attack(model, tokenizer, address):
    functools.partial(eval, "open('escaped', 'w').close()")()
