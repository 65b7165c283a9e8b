"""Class: module gadget. Source: own find. Escape: a partial is completed with what is not listed."""

import functools


def attack(model, tokenizer, address):
    return list(functools.partial(map)(eval, ["open('escaped', 'w').close()"]))
