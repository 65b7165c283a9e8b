"""Class: memory. Source: own find. Escape: an embedding takes the options under which its gradient
trusts indices."""

import torch
import torch.nn.functional as F


def attack(model, tokenizer, address):
    weight = torch.randn(4, 10, requires_grad=True)
    F.embedding(torch.zeros(4, dtype=torch.long), weight, scale_grad_by_freq=True)
    return "canary-" + "5d1f"
