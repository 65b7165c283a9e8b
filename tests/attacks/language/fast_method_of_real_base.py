"""Class: fast ways. Source: own find. Escape: a method that one own class defines is called on an object of
another, whose real base has one of that name that no row lists."""

from torch import nn


class Own:
    def share_memory(self):
        return None


class M(nn.Module):
    pass


def attack(model, tokenizer, address):
    found = None
    for x in [Own(), M()]:
        found = x.share_memory()
    return "canary-" + "5d1f" if found else None
