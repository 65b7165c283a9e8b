"""Replaces a submodule and a forward method."""

import torch
from torch import nn


class Scaled(nn.Module):
    def __init__(self, inner, factor):
        super().__init__()
        self.inner, self.factor = inner, factor

    def forward(self, *args, **kwargs):
        out = self.inner(*args, **kwargs)
        return out * self.factor


def technique(model, tokenizer):
    inputs = tokenizer("the cat", return_tensors="pt")
    block = model.transformer.h[0]
    mlp = block.mlp
    block.mlp = Scaled(mlp, 0.0)
    with torch.no_grad():
        ablated = model(**inputs).logits
    block.mlp = mlp
    original = block.ln_1.forward
    block.ln_1.forward = lambda x: original(x) * 2
    with torch.no_grad():
        doubled = model(**inputs).logits
    block.ln_1.forward = original
    return ablated, doubled, [n for n, _ in block.named_children()]
