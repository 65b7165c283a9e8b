"""Class: class machinery. Source: own find. Escape: a class attribute of the same name makes a real
base's private registry readable; it is then used to call what is not listed."""

import torch
from torch import nn


class M(nn.Module):
    _forward_hooks = {}

    def forward(self, x):
        return x


def attack(model, tokenizer, address):
    m = M()
    m._forward_hooks[0] = lambda *a: open("escaped", "w").close()
    m(torch.zeros(1))
