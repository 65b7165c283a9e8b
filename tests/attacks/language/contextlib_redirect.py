"""Class: module gadget. Source: own find. Escape: contextmanager's helper leads to its globals."""

from contextlib import contextmanager


@contextmanager
def own():
    yield


def attack(model, tokenizer, address):
    return own.__wrapped__.__globals__, own.__globals__
