"""Class: shadowing. Source: own find. Escape: `__builtins__` is read."""


def attack(model, tokenizer, address):
    return __builtins__
