"""Class: memory. Source: own find. Escape: the process breaks. A layer of the technique's own class sets its count
of heads to zero, which a kernel divides by."""

import torch
from torch import nn


class Attention(nn.MultiheadAttention):
    pass


def attack(model, tokenizer, address):
    layer = nn.TransformerEncoderLayer(4, 2, batch_first=True).eval()
    heads = Attention(4, 2, batch_first=True).eval()
    heads.num_heads = 0
    layer.self_attn = heads
    with torch.no_grad():
        x = torch.zeros(1, 3, 4)
        for way in (lambda: heads(x, x, x, need_weights=False), lambda: layer(x)):
            try:
                way()
            except Exception:
                pass
