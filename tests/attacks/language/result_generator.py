"""Class: results that lie. Source: own find. Escape: a generator without end. Teeth: none, without
a server nothing is encoded.
Limits: timeout_s=3, memory_bytes=1 << 28
"""

import itertools


def attack(model, tokenizer, address):
    return (1 for _ in itertools.count())
