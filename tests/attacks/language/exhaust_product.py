"""Class: resource exhaustion. Source: own find. Escape: an iteration without end, inside C.
Limits: timeout_s=0.5
"""

import itertools


def attack(model, tokenizer, address):
    return sum(1 for _ in itertools.product(range(1000), repeat=10))
