"""Class: resource exhaustion. Source: own find. Escape: a sleep of years.
Limits: timeout_s=0.5
"""

import time


def attack(model, tokenizer, address):
    time.sleep(10**8)
