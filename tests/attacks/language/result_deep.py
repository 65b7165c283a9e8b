"""Class: results that lie. Source: own find. Escape: a list nested a hundred thousand deep. Teeth:
none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


def attack(model, tokenizer, address):
    found = []
    for _ in range(100_000):
        found = [found]
    return found
