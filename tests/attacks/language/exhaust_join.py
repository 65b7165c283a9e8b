"""Class: resource exhaustion. Source: own find. Escape: a join of one text with itself, many
times.
Limits: timeout_s=4, memory_bytes=1 << 27
"""


def attack(model, tokenizer, address):
    return len(("x" * 1_000_000).join(["y"] * 100_000))
