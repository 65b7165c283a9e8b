"""Class: memory. Source: own find. Escape: an LSTM reads far past a weight that is too small."""

import torch
from torch import nn


def attack(model, tokenizer, address):
    layer = nn.LSTM(40_000, 1000)
    layer.weight_ih_l0 = nn.Parameter(torch.zeros(1))
    with torch.no_grad():
        layer(torch.ones(2, 1, 40_000))
