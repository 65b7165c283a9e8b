"""Class: results that lie. Source: own find. Escape: an exception whose text is a billion letters.
Teeth: none, without a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""


def attack(model, tokenizer, address):
    raise ValueError("x" * 100_000_000)
