"""Class: identity and namespaces. Source: own find. Escape: a function is made over other globals."""

import types


def other():
    return open("escaped", "w")


def attack(model, tokenizer, address):
    types.FunctionType(other.__code__, {"__builtins__": __builtins__})().close()
