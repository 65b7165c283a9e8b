"""Class: memory. Source: own find. Escape: the same, with a layer and the loss for images."""

import torch
from torch import nn


def attack(model, tokenizer, address):
    x = torch.randn(3, 10, 1, requires_grad=True)
    target = torch.zeros(3, 1, dtype=torch.long)
    loss = nn.NLLLoss(reduction="none")(x, target).sum()
    target.numpy()[:] = 2**40
    loss.backward()
