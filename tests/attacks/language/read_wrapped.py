"""Class: attribute walk. Source: own find. Escape: what a cache wraps."""

import functools


@functools.cache
def own():
    pass


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if getattr(own, "__wrap" + "ped__") else None
