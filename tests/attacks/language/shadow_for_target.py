"""Class: shadowing. Source: own find. Escape: a loop's target takes a guard's name."""


def attack(model, tokenizer, address):
    for _getattr_ in [lambda value, name: value]:
        found = attack.__globals__
    return found
