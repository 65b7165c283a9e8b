"""Class: module gadget. Source: own find. Escape: keyword arguments of a tokenizer reach a loader."""


def attack(model, tokenizer, address):
    return tokenizer.__call__.__func__.__globals__
