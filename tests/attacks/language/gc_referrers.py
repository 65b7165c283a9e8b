"""Class: identity and namespaces. Source: own find. Escape: gc knows who refers to a function."""

import gc


def attack(model, tokenizer, address):
    return gc.get_referrers(attack)
