"""Class: memory. Source: own find. Escape: the process breaks. A layer's count of heads is set to zero, which
a kernel divides by."""

import torch
from torch import nn


def attack(model, tokenizer, address):
    layer = nn.TransformerEncoderLayer(4, 2, batch_first=True).eval()
    layer.self_attn.num_heads = 0
    with torch.no_grad():
        return layer(torch.zeros(1, 3, 4))
