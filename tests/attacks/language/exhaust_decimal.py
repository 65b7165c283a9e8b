"""Class: resource exhaustion. Source: own find. Escape: a quotient of a billion digits.
Limits: timeout_s=4, memory_bytes=1 << 27
"""

import decimal


def attack(model, tokenizer, address):
    decimal.getcontext().prec = 10**9
    return decimal.Decimal(1) / decimal.Decimal(7)
