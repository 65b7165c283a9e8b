"""Class: attribute walk. Source: own find. Escape: a listed class hands out a method that is not
listed."""

from torch import nn


def attack(model, tokenizer, address):
    return nn.Linear.share_memory
