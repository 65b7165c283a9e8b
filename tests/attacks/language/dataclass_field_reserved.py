"""Class: class machinery. Source: own find. Escape: a dataclass field sets a module's private registry,
which then calls what the technique may not."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn


@dataclass(eq=False)
class Fields:
    _forward_hooks: dict


class M(Fields, nn.Module):
    def forward(self, x):
        return x


def attack(model, tokenizer, address):
    m = M.__new__(M)
    nn.Module.__init__(m)
    Fields.__init__(m, {0: lambda *a: open("escaped", "w").close()})
    m(torch.zeros(1))
