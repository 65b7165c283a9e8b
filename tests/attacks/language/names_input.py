"""Class: builtins. Source: own find. Escape: `input` has a name."""


def attack(model, tokenizer, address):
    return input
