"""Class: attribute walk. Source: own find. Escape: private plain data of a listed class."""

from torch import nn


def attack(model, tokenizer, address):
    nn.Module._version
    return "canary-" + "5d1f"
