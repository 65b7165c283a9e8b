"""Class: imports. Source: own find. Escape: an allowed module hands out one of its imports."""

from random import _os as found


def attack(model, tokenizer, address):
    return found
