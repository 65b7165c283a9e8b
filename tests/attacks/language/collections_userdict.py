"""Class: module gadget. Source: own find. Escape: UserDict keeps its data where a class of its own
can swap it.
"""

import collections


class Own(collections.UserDict):
    pass


def attack(model, tokenizer, address):
    return Own.__init__.__globals__
