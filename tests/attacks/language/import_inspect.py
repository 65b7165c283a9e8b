"""Class: imports. Source: own find. Escape: inspect hands out frames."""

import inspect


def attack(model, tokenizer, address):
    return inspect.currentframe()
