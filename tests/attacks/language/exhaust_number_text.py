"""Class: resource exhaustion. Source: own find. Escape: a number's digits, which take the square
of their count. Teeth: none, newer Pythons refuse it.
Limits: timeout_s=0.5
"""


def attack(model, tokenizer, address):
    return len(str((1 << 40_000_000) - 1))
