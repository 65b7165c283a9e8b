"""Class: results that lie. Source: own find. Escape: a number of ten million digits. Teeth: none,
without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


def attack(model, tokenizer, address):
    return 1 << 40_000_000
