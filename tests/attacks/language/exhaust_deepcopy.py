"""Class: resource exhaustion. Source: own find. Escape: a structure that deepcopy follows for
ever.
Limits: timeout_s=5
"""

import copy


def attack(model, tokenizer, address):
    found = []
    for _ in range(100_000):
        found = [found]
    return copy.deepcopy(found)
