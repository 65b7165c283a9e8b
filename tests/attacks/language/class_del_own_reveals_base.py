"""Class: class machinery. Source: own find. Escape: an own name is read once, then deleted, and the
cached verdict hands out the base's unlisted method."""

from torch import nn


class M(nn.Module):
    share_memory = 1


def attack(model, tokenizer, address):
    m = M()
    m.share_memory
    del M.share_memory
    return m.share_memory.__func__
