"""Class: class machinery. Source: own find. Escape: a real object without its __init__."""

import random


def attack(model, tokenizer, address):
    made = object.__new__(type(model))
    return made.__class__.__init__.__globals__
