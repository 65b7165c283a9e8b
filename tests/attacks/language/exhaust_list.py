"""Class: resource exhaustion. Source: own find. Escape: a list beyond the limit.
Limits: timeout_s=4, memory_bytes=1 << 27
"""


def attack(model, tokenizer, address):
    return len([0] * (1 << 34))
