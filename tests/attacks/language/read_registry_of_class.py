"""Class: class machinery. Source: own find. Escape: an enum's private lists are read from its
class."""

from enum import Enum


class E(Enum):
    A = 1


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if E._member_map_ else None
