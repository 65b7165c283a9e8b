"""Class: imports. Source: own find. Escape: an allowed module's private import."""

from random import _os as found


def attack(model, tokenizer, address):
    return found.environ["CLOCHE_CANARY"]
