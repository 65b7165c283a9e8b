"""Class: memory. Source: own find. Escape: a variable that holds a number is bound in a way that was overlooked,
and is then an index that torch walks as a list, whose items can clear it. The wall's copy is walked by
iterating, so nobody asks an item for its length."""

import torch

asked = []
grid = torch.zeros(4, 4)


class Item:
    def __len__(self):
        asked.append(1)
        return 2

    def __getitem__(self, i):
        if i > 1:
            raise IndexError
        return 1


data = [(0, 1), Item()]


class Within:
    def __enter__(self):
        return data

    def __exit__(self, *ended):
        pass


def by_pattern():
    i = 0
    match [data]:
        case [i]:
            pass
    return grid[i]


def by_mapping_pattern():
    i = 0
    match {"a": data}:
        case {"a": i}:
            pass
    return grid[i]


def by_star():
    i = 0
    [*i] = data
    return grid[i]


def by_inner_function():
    i = 0

    def bind():
        nonlocal i
        i = data

    bind()
    return grid[i]


def by_unpacking():
    i = j = 0
    (i, j), _ = (0, data), j
    return grid[j]


def by_loop():
    i = 0
    for i in (data,):
        pass
    return grid[i]


def by_loop_with_a_range(range):
    return [grid[i] for i in range(1)]


def by_comprehension():
    i = 0
    [(i := each) for each in [data]]
    return grid[i]


def by_condition():
    i = 1
    i = i and data
    return grid[i]


def by_least():
    i = 0
    i = min([data])
    return grid[i]


def by_context():
    i = 0
    with Within() as i:
        return grid[i]


def by_default(i=0):
    return grid[i]


def by_annotation():
    i: int = 0
    i: int = data
    return grid[i]


def attack(model, tokenizer, address):
    ways = (
        *(by_pattern, by_mapping_pattern, by_star, by_inner_function, by_unpacking, by_loop),
        lambda: by_loop_with_a_range(lambda count: [data]),
        *(by_comprehension, by_condition, by_least, by_context, by_annotation),
        lambda: by_default(data),
    )
    for way in ways:
        try:
            way()
        except Exception:
            pass
    return "canary-" + "5d1f" if asked else None
