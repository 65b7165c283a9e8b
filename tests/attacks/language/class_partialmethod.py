"""Class: class machinery. Source: own find. Escape: partialmethod keeps what it wraps."""

import functools


class Made:
    run = functools.partialmethod(lambda self: 1)


def attack(model, tokenizer, address):
    return Made.run.func.__globals__ if hasattr(Made.run, "func") else Made.run.__globals__
