"""Class: resource exhaustion. Source: own find. Escape: a dictionary without end.
Limits: timeout_s=4, memory_bytes=1 << 27
"""


def attack(model, tokenizer, address):
    found = {}
    while True:
        found[len(found)] = "x" * 100
