"""Class: resource exhaustion. Source: own find. Escape: a text that grows by replacing.
Limits: timeout_s=4, memory_bytes=1 << 27
"""


def attack(model, tokenizer, address):
    return len(("x" * 100_000).replace("x", "x" * 100_000))
