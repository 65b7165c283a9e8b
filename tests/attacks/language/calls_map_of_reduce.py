"""Class: builtins. Source: own find. Escape: `map` is given a listed builtin, which is handed what
nobody looked at and calls it."""

from functools import reduce


def attack(model, tokenizer, address):
    return list(map(reduce, [eval], [["'canary-' + '5d1f'", {}]]))
