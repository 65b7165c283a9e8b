"""Class: class machinery. Source: own find. Escape: a class derives from what is not listed."""

import random


class R(random.Random):
    pass


def attack(model, tokenizer, address):
    return "canary-" + "5d1f"
