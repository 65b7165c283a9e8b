"""Class: resource exhaustion. Source: own find. Escape: a text that doubles.
Limits: timeout_s=4, memory_bytes=1 << 27
"""


def attack(model, tokenizer, address):
    found = "x" * 1024
    while True:
        found += found
