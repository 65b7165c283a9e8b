"""Class: memory. Source: own find. Escape: a class body's own `range` counts in lists, where a comprehension
begins: an index known to be a number is a list that torch walks, whose items can clear it. The wall's
copy is walked by iterating, so nobody asks an item for its length."""

import torch

asked = []


class Item:
    def __len__(self):
        asked.append(1)
        return 2

    def __getitem__(self, i):
        if i > 1:
            raise IndexError
        return 1


def attack(model, tokenizer, address):
    grid = torch.zeros(4, 4)

    class Body:
        def range(count):
            return [[(0, 1), Item()]]

        def enumerate(values):
            return [([(0, 1), Item()], 0)]

        for_range = [grid[i] for i in range(1)]
        for_enumerate = list(grid[i] for i, _ in enumerate([1]))

    return "canary-" + "5d1f" if asked else None
