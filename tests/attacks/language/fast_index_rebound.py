"""Class: memory. Source: own find. Escape: a variable that holds a number as far as one statement tells
is bound to a list by another, and torch walks the list as an index; each kind of statement."""

import torch


class Index:
    def __len__(self):
        walked.append("canary-" + "5d1f")
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return 0


class Adder:
    def __radd__(self, other):
        return [Index()]


class Failure(Exception):
    def __len__(self):
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return [Index()]


walked = []
grid = torch.zeros(4)


def by_augmenting():
    a = 0
    a += Adder()
    return grid[a]


def by_except():
    b = 0
    try:
        raise Failure
    except Failure as b:
        return grid[b]


def by_star_in_pattern():
    c = 0
    match [Index()]:
        case [*c]:
            return grid[c]


def by_walrus_in_comprehension():
    d = 0
    [(d := [Index()]) for _ in [0]]
    return grid[d]


def by_nonlocal():
    e = 0

    class Body:
        nonlocal e
        e = [Index()]

    return grid[e]


def by_own_enumerate(enumerate):
    f = 0
    for f, _ in enumerate(0):
        return grid[f]


def by_starred_values():
    _, g, _ = *[0, [Index()]], 0, *[]
    return grid[g]


def by_own_len(len):
    h = len(0)
    return grid[h]


def by_own_function():
    def hash(x):
        return [Index()]

    i = hash(0)
    return grid[i]


def by_own_class():
    class float:
        def __new__(cls, x):
            return [Index()]

    j = float(0)
    return grid[j]


def attack(model, tokenizer, address):
    for way in (
        *(by_augmenting, by_except, by_star_in_pattern, by_walrus_in_comprehension),
        *(by_nonlocal, by_starred_values, by_own_function, by_own_class),
        *(lambda: by_own_enumerate(lambda x: [([Index()], 0)]),),
        *(lambda: by_own_len(lambda x: [Index()]),),
    ):
        try:
            way()
        except Exception:
            pass
    return walked
