"""Class: memory. Source: own find. Escape: an expression is taken for a number's and gives a list, which
torch walks as an index: a comparison, and calls of builtins."""

import torch


class Index:
    def __len__(self):
        walked.append("canary-" + "5d1f")
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return 0


class Compared:
    def __lt__(self, other):
        return [Index()]


walked = []
grid = torch.zeros(4)


def by_comparison():
    a = Compared() < 0
    return grid[a]


def by_call_of_plain():
    b = list("")
    b.append(Index())
    return grid[b]


def by_call():
    c = next(iter([[Index()]]))
    return grid[c]


def attack(model, tokenizer, address):
    for way in (by_comparison, by_call_of_plain, by_call):
        try:
            way()
        except Exception:
            pass
    return walked
