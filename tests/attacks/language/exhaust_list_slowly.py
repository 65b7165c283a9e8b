"""Class: resource exhaustion. Source: own find. Escape: objects without end.
Limits: timeout_s=4, memory_bytes=1 << 27
"""


def attack(model, tokenizer, address):
    found = []
    while True:
        found.append([len(found)] * 100)
