"""Class: module gadget. Source: own find. Escape: einops' imports lead to sys."""

import einops


def attack(model, tokenizer, address):
    return einops.einops.functools
