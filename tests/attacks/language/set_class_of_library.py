"""Class: class machinery. Source: own find. Escape: an attribute of a library's class is set."""

from torch import nn


def attack(model, tokenizer, address):
    nn.Linear.extra_state = 1
    return "canary-" + "5d1f"
