"""Class: fast ways. Source: own find. Escape: super() finds a name in a class of the technique's own, is
asked again once the name is deleted there, and hands out the real base's unlisted method."""

from torch import nn


class Middle(nn.Module):
    share_memory = 1


class Below(Middle):
    def above(self):
        return super().share_memory


def attack(model, tokenizer, address):
    below = Below()
    below.above()
    del Middle.share_memory
    return "canary-" + "5d1f" if below.above() else None
