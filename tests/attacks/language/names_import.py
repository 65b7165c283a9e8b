"""Class: builtins. Source: own find. Escape: `__import__` has a name and is called."""


def attack(model, tokenizer, address):
    return __import__("os")
