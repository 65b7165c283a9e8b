"""Class: decorators. Source: own find. Escape: annotations and defaults run at definition."""


def f(x: (lambda: __import__("os"))() = 1):
    pass


def attack(model, tokenizer, address):
    return f.__annotations__["x"]
