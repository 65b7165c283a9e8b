"""Class: results that lie. Source: own find. Escape: keys of every kind. Teeth: none, without a
server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


def attack(model, tokenizer, address):
    return {(): 1, 1.5: 2, None: 3, frozenset([1]): 4, float("nan"): 5, "\ud800": 6}
