"""Class: attribute walk. Source: own find. Escape: an object of the technique hands out its real
base's method."""

from torch import nn


class M(nn.Module):
    pass


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if M().share_memory is not None else None
