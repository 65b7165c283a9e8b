"""Class: resource exhaustion. Source: own find. Escape: a list so deep that freeing it overflows
the stack. Teeth: none, newer Pythons take it apart piece by piece.
Limits: timeout_s=4, memory_bytes=1 << 30
"""


def attack(model, tokenizer, address):
    found = []
    for _ in range(5_000_000):
        found = [found]
    return None
