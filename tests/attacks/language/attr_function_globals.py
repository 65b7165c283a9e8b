"""Class: attribute walk. Source: common knowledge. Escape: a function's globals are returned."""

import functools


def attack(model, tokenizer, address):
    return (
        getattr(functools.reduce, "__globals__", None)
        or getattr(attack, "__globals__")["__builtins__"]
    )
