"""Class: resource exhaustion. Source: own find. Escape: the same by the old operator.
Limits: timeout_s=4, memory_bytes=1 << 27
"""


def attack(model, tokenizer, address):
    return len("%*d" % (10**9 * 3, 1))
