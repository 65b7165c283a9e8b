"""Class: decorators. Source: own find. Escape: the same, for a lambda."""


def helper():
    pass


def attack(model, tokenizer, address):
    return (lambda x=helper.__globals__: x)()
