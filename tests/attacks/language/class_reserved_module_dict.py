"""Class: class machinery. Source: own find. Escape: an nn.Module's private registries are replaced."""

from torch import nn


class M(nn.Module):
    pass


def attack(model, tokenizer, address):
    m = M()
    m._parameters["x"] = open("escaped", "w")
    return m.x
