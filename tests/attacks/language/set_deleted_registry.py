"""Class: class machinery. Source: own find. Escape: an enum's private lists are deleted."""

from enum import Enum


class E(Enum):
    A = 1


def attack(model, tokenizer, address):
    delattr(E, "_member_map_")
    return "canary-" + "5d1f"
