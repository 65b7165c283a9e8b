"""Class: shadowing. Source: common knowledge. Escape: __builtins__ is rebound."""


def attack(model, tokenizer, address):
    global __builtins__
    return __builtins__
