"""Class: module gadget. Source: own find. Escape: a library's class becomes a dataclass."""

import dataclasses
from fractions import Fraction


def attack(model, tokenizer, address):
    dataclasses.dataclass(Fraction)
    return "canary-" + "5d1f"
