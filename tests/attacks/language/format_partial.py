"""Class: format strings. Source: design rule 4. Escape: str.format through partial."""

import functools


def helper():
    pass


def attack(model, tokenizer, address):
    shown = functools.partial("{0.__globals__}".format, helper)()
    return shown if "__builtins__" not in shown else canary(shown)


def canary(shown):
    return helper.__globals__
