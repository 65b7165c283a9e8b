"""Class: module gadget. Source: own find. Escape: the same, unbound, through a listed class of the
technique's own subject."""

import re


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if str.__getattribute__("a", "upper")() == "A" else None
