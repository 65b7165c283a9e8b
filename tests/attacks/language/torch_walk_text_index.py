"""Class: memory. Source: own find. Escape: text of the technique's own class is an index; torch takes
it apart by its `__getitem__` and `__iter__` and walks the lists that come out."""

import torch


class Index:
    def __len__(self):
        walked.append("canary-" + "5d1f")
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return 0


class Word(str):
    def __getitem__(self, i):
        return [Index()]

    def __iter__(self):
        return iter([[Index()]])


class Source:
    def __format__(self, spec):
        return Word("x")


walked = []


def attack(model, tokenizer, address):
    grid, word = torch.zeros(4), Word("x")

    def read():
        return grid[word]

    def read_formatted():
        return grid[f"{Source()}"]

    def write():
        grid[word] = 1

    for act in (read, read_formatted, write):
        try:
            act()
        except Exception:
            pass
    return walked
