"""Class: memory. Source: own find. Escape: numpy adds counts of repetitions up past 2**63, and makes them of text, dates and
floats in a list: there are four, and their sum is zero."""

import numpy as np


def attack(model, tokenizer, address):
    few = np.zeros(4, "u1")
    for count in (str(2**62), float(2**62), np.array(str(2**62)), np.datetime64(2**62, "s")):
        for way in (lambda n: few.repeat(n), lambda n: np.repeat(few, n)):
            try:
                way([count] * 4)
            except (ValueError, TypeError):
                continue
