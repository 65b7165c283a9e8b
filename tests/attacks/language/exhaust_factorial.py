"""Class: resource exhaustion. Source: own find. Escape: a factorial.
Limits: timeout_s=0.5
"""

import math


def attack(model, tokenizer, address):
    return math.factorial(10**8) % 7
