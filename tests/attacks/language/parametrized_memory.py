"""Class: memory. Source: own find. Escape: what a derivative keeps of a layer's weight is given other
memory when the layer is parametrized, or what is computed changes its shape within one pass.
Teeth: none, torch notices what `set_` does here; the shapes are those that kernels look at.
"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrize


class Turns(nn.Module):
    def __init__(self):
        super().__init__()
        self.sizes = [1]

    def forward(self, x):
        size = self.sizes.pop(0) if self.sizes else None
        return x if size is None else x.flatten()[:size].clone()

    def right_inverse(self, x):
        return x.flatten()[: self.sizes.pop(0)].clone() if self.sizes else x


def attack(model, tokenizer, address):
    for make, given in (
        (lambda: nn.Linear(64, 64), torch.ones(4, 64)),
        (lambda: nn.Embedding(64, 64), torch.arange(4)),
        (lambda: nn.LayerNorm(64), torch.ones(4, 64)),
        (lambda: nn.Conv1d(64, 64, 3), torch.ones(1, 64, 9)),
        (lambda: nn.LSTM(64, 64), torch.ones(4, 1, 64)),
    ):
        for sizes in ([1], [0], [1, 1], [64, 1], [4096, 0, 64]):
            layer = make()
            name = next(name for name, _ in layer.named_parameters())
            old = getattr(layer, name)
            try:
                kept = layer(given)
                kept = kept[0] if isinstance(kept, tuple) else kept
                turns = Turns()
                turns.sizes = list(sizes)
                parametrize.register_parametrization(layer, name, turns, unsafe=True)
                turns.sizes = list(sizes)
                new = layer(given)
                new = new[0] if isinstance(new, tuple) else new
                turns.sizes = list(sizes)
                new.sum().backward()
                kept.sum().backward()
                setattr(layer, name, torch.zeros(3))
                parametrize.remove_parametrizations(layer, name)
                F.linear(given.float(), old)
            except Exception:
                continue
