"""Class: module gadget. Source: own find. Escape: starmap calls getattr with what the data says."""

import itertools


def attack(model, tokenizer, address):
    return list(itertools.starmap(getattr, [(attack, "__globals__")]))[0]
