"""Class: results that lie. Source: the 'billion laughs'. Escape: a list of two lists of two lists
...: small here, without end when written. Teeth: none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


def attack(model, tokenizer, address):
    found = ["x" * 1000]
    for _ in range(64):
        found = [found, found]
    return found
