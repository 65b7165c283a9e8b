"""Class: memory. Source: own find. Escape: a variable is taken for another of its name, which holds
numbers, and torch walks what it holds as an index: in a class, in its methods, in comprehensions."""

import torch


class Index:
    def __len__(self):
        walked.append("canary-" + "5d1f")
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return 0


walked = []
grid = torch.zeros(4)
rows = [[Index()]]


def in_method():
    a = [Index()]

    class Own:
        a = 0

        def look(self):
            return grid[a]

    return Own().look()


def in_class():
    b = 0

    class Own:
        b = [Index()]
        found = grid[b]

    return b


def in_list():
    c = 0
    return [grid[c] for c in rows]


def in_set():
    d = 0
    return {grid[d] for d in rows}


def in_dict():
    e = 0
    return {0: grid[e] for e in rows}


def in_generator():
    f = 0
    return list(grid[f] for f in rows)


def attack(model, tokenizer, address):
    for way in (in_method, in_class, in_list, in_set, in_dict, in_generator):
        try:
            way()
        except Exception:
            pass
    return walked
