"""Class: resource exhaustion. Source: own find. Escape: a number whose computing takes years,
inside one instruction.
Limits: timeout_s=0.5
"""


def attack(model, tokenizer, address):
    return 10**10**9 % 7
