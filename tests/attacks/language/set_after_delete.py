"""Class: class machinery. Source: own find. Escape: a name is set while it is the technique's,
deleted from the class, and set again."""

from torch import nn


class M(nn.Module):
    named_parameters = 1


def attack(model, tokenizer, address):
    m = M()
    m.named_parameters = 2
    del M.named_parameters
    m.named_parameters = 3
    return "canary-" + "5d1f"
