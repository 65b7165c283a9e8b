"""Class: results that lie. Source: own find. Escape: a list that holds itself. Teeth: none,
without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


def attack(model, tokenizer, address):
    found = []
    found.append(found)
    return found
