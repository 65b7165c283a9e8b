"""Class: resource exhaustion. Source: own find. Escape: a recursion without end.
Limits: timeout_s=5
"""


def attack(model, tokenizer, address):
    return attack(model, tokenizer, address)
