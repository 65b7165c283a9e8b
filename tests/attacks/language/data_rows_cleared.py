"""Class: memory. Source: own find. Escape: a loader makes a tensor of rows, and torch walks a list in
them that a technique holds."""

from torch.utils.data import DataLoader, default_collate


class Row:
    def __init__(self, asked):
        self.asked = asked

    def __len__(self):
        self.asked.append("canary-" + "5d1f")
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return 0


def attack(model, tokenizer, address):
    asked = []
    for collate in (default_collate, lambda rows: next(iter(DataLoader(rows, batch_size=9)))):
        for first in (1, 1.0):
            try:
                collate([first, [Row(asked)]])
            except Exception:
                continue
    return asked
