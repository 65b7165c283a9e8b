"""Class: module gadget. Source: own find. Escape: an iterator's __reduce__ tells how to make it,
with builtins in it.
"""

import itertools


def attack(model, tokenizer, address):
    return itertools.chain([1]).__reduce__()[0].__subclasses__
