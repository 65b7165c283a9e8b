"""Class: memory. Source: own find. Escape: a dataset or a loader hands torch the very list that a
technique holds as an index: torch walks it, and an item can clear it meanwhile. The wall's copy is
walked by iterating, so nobody asks an item for its length."""

import torch
from torch.utils.data import DataLoader, Subset, TensorDataset


class Row:
    def __init__(self, asked):
        self.asked = asked

    def __len__(self):
        self.asked.append("canary-" + "5d1f")
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return 0


def attack(model, tokenizer, address):
    asked = []
    x = torch.zeros(4, 2)
    for way in (
        lambda index: TensorDataset(x)[index],
        lambda index: Subset(x, [index])[0],
        lambda index: list(DataLoader(x, sampler=[index], batch_size=None)),
    ):
        try:
            way([Row(asked)])
        except Exception:
            continue
    return asked
