"""Class: class machinery. Source: own find. Escape: `nn.Module.__setattr__` itself, taken from the class, sets
a layer's private registry, whose entries are called unasked."""

import torch
from torch import nn

ran = []


class M(nn.Module):
    def forward(self, x):
        return x


def attack(model, tokenizer, address):
    m = M()
    nn.Module.__setattr__(m, "_forward_hooks", {0: lambda *a: ran.append("canary-" + "5d1f")})
    m(torch.zeros(1))
    return ran
