"""Class: results that lie. Source: own find. Escape: a result over its limit. Teeth: none, without
a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


def attack(model, tokenizer, address):
    return "x" * 50_000_000
