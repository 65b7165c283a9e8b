"""Class: memory. Source: own find. Escape: attention reads far past keys that are fewer than the
values."""

import torch
import torch.nn.functional as F


def attack(model, tokenizer, address):
    query = torch.zeros(1, 1, 4, 8)
    value = torch.ones(1, 1, 1, 8).expand(1, 1, 400_000_000, 8)
    F.scaled_dot_product_attention(query, torch.zeros(1, 1, 3, 8), value)
