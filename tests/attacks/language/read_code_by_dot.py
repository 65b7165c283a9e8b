"""Class: attribute walk. Source: own find. Escape: a function's code, written with a dot."""


def attack(model, tokenizer, address):
    return attack.__code__
