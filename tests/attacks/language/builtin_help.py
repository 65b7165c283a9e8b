"""Class: builtins. Source: own find. Escape: help imports and prints what it is named."""


def attack(model, tokenizer, address):
    return help.__class__.__call__.__globals__
