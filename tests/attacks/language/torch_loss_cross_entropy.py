"""Class: memory. Source: own find. Escape: a target changes between cross_entropy and its gradient."""

import torch
import torch.nn.functional as F


def attack(model, tokenizer, address):
    x = torch.randn(3, 10, requires_grad=True)
    target = torch.zeros(3, dtype=torch.long)
    loss = F.cross_entropy(x, target, reduction="none").sum()
    target.data.fill_(2**40)
    loss.backward()
