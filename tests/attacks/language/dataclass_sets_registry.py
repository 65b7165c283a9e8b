"""Class: class machinery. Source: own find. Escape: a dataclass's generated method sets a layer's
private registry."""

from dataclasses import dataclass

import torch
from torch import nn

ran = []


@dataclass(eq=False)
class Fields:
    _forward_hooks: dict


class M(Fields, nn.Module):
    def forward(self, x):
        return x


def attack(model, tokenizer, address):
    m = M.__new__(M)
    nn.Module.__init__(m)
    Fields.__init__(m, {0: lambda *a: ran.append("canary-" + "5d1f")})
    m(torch.zeros(1))
    return ran
