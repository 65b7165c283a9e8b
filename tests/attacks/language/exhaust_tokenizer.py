"""Class: resource exhaustion. Source: own find. Escape: a text too long to split.
Limits: timeout_s=1, memory_bytes=1 << 28
"""


def attack(model, tokenizer, address):
    while True:
        tokenizer("the cat " * 100_000)
