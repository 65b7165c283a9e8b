"""Class: resource exhaustion. Source: CPython issue 58218, in kind. Escape: iterators inside
iterators, which overflow the stack when asked. Teeth: none, what overflows depends on the
build.
Limits: timeout_s=4
"""

import itertools


def attack(model, tokenizer, address):
    found = iter([])
    for _ in range(1_000_000):
        found = itertools.chain(found)
    for each in found:
        pass
