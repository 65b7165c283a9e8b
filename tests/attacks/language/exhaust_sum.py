"""Class: resource exhaustion. Source: own find. Escape: a sum over a range, inside C.
Limits: timeout_s=0.5
"""


def attack(model, tokenizer, address):
    return sum(range(10**13))
