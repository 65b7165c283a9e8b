"""Class: resource exhaustion. Source: own find. Escape: a search through endless numbers, inside
C.
Limits: timeout_s=0.5
"""

import itertools


def attack(model, tokenizer, address):
    return -1 in itertools.count()
