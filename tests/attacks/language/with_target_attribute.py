"""Class: attribute walk. Source: own find. Escape: `with ... as obj.attr` writes unasked."""

from contextlib import nullcontext


def helper():
    return 1


def other():
    return __import__("os").environ["CLOCHE_CANARY"]


def attack(model, tokenizer, address):
    with nullcontext(other.__code__) as helper.__code__:
        return helper()
