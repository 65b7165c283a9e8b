"""Class: class machinery. Source: own find. Escape: super() reaches a method of a real base that is
not listed."""

from torch import nn


class M(nn.Module):
    def grab(self):
        return super().share_memory


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if M().grab() else None
