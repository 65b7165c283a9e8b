"""Class: class machinery. Source: own find. Escape: singledispatchmethod's registry holds
functions.
"""

import functools


class Made:
    @functools.singledispatchmethod
    def run(self, x):
        return 1


def attack(model, tokenizer, address):
    return Made().run.register.__globals__
