"""Class: resource exhaustion. Source: own find. Escape: a root of ten million digits.
Limits: timeout_s=1
"""

import decimal


def attack(model, tokenizer, address):
    decimal.getcontext().prec = 10**7
    return decimal.Decimal(2).exp()
