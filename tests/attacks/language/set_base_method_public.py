"""Class: class machinery. Source: own find. Escape: an own layer replaces a public method that its real base
calls."""

from torch import nn


class M(nn.Module):
    pass


def attack(model, tokenizer, address):
    m = M()
    m.named_parameters = lambda *args: []
    return "canary-" + "5d1f"
