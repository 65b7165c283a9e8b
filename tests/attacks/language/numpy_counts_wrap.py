"""Class: memory. Source: own find. Escape: numpy adds counts of repetitions up past 2**63: there are four,
and their sum is zero. By method and function, with a number, a list and an array."""

import numpy as np


def attack(model, tokenizer, address):
    few = np.zeros(4, "u1")
    for counts in (2**62, [2**62] * 4, np.full(4, 2**62), np.int64(2**62)):
        for way in (lambda n: few.repeat(n), lambda n: np.repeat(few, n)):
            try:
                way(counts)
            except ValueError:
                continue
