"""Class: resource exhaustion. Source: own find. Escape: fractions whose parts double with each
step.
Limits: timeout_s=0.5
"""

import fractions


def attack(model, tokenizer, address):
    found = fractions.Fraction(1, 3)
    while True:
        found = found * found + 1
