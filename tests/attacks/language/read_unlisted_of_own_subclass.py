"""Class: attribute walk. Source: own find. Escape: a class of the technique hands out its real
base's method."""

from torch import nn


class M(nn.Module):
    pass


def attack(model, tokenizer, address):
    return M.share_memory
