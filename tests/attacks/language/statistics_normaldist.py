"""Class: module gadget. Source: own find. Escape: statistics' classes lead to sys."""

import statistics


def attack(model, tokenizer, address):
    return statistics.NormalDist.from_samples.__func__.__globals__
