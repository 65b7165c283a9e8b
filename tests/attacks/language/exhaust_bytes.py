"""Class: resource exhaustion. Source: own find. Escape: bytes beyond the limit.
Limits: timeout_s=4, memory_bytes=1 << 27
"""


def attack(model, tokenizer, address):
    return len(bytes(1 << 36))
