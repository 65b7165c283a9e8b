"""Class: module gadget. Source: own find. Escape: contextlib calls close of whatever it is given,
and its module is near.
"""

import contextlib


def attack(model, tokenizer, address):
    return contextlib.suppress.__exit__.__globals__
