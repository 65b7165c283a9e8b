"""Class: memory. Source: own find. Escape: the process breaks. An annotation without a value evaluates whose
attribute it would be: a tensor's item, by a list that what is in it clears while torch walks it."""

import torch


class Row:
    def __len__(self):
        return 2

    def __getitem__(self, i):
        if i > 1:
            raise IndexError
        if armed:
            rows.clear()
            kept.append([(3, 3)] * 500)
        return 0


class Last(Row):
    def __getitem__(self, i):
        if i > 1:
            raise IndexError
        armed.append(1)
        return 0


armed = []
kept = []
rows = []


def attack(model, tokenizer, address):
    for _ in range(10):
        armed.clear()
        rows[:] = [Row()] + [(0, 0)] * 499 + [Last()]
        weight = torch.zeros(4, 4)
        try:
            weight[rows].note: int
        except (TypeError, IndexError, ValueError):
            pass
        if not rows:
            return "canary-" + "5d1f"
