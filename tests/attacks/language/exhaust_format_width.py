"""Class: resource exhaustion. Source: CVE-2023-41039 discussion, in kind. Escape: a field wider
than any memory.
Limits: timeout_s=4, memory_bytes=1 << 27
"""


def attack(model, tokenizer, address):
    return len("{:>{}}".format("x", 10**10))
