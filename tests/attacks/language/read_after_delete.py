"""Class: attribute walk. Source: own find. Escape: a name is read while it is the technique's,
deleted from the class, and read again."""

from torch import nn


class M(nn.Module):
    share_memory = 1


def attack(model, tokenizer, address):
    m = M()
    m.share_memory
    del M.share_memory
    return "canary-" + "5d1f" if m.share_memory else None
