"""Class: memory. Source: own find. Escape: an index is text of a class of its own, made by `__format__` or by
hand: torch walks it by its own methods, and a list in it, whose items can clear it. The wall's copy is
walked by iterating, so nobody asks an item for its length."""

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


class Word(str):
    def __len__(self):
        return 1

    def __iter__(self):
        return iter([[(0, 1), Item()]])

    def __getitem__(self, i):
        if i:
            raise IndexError
        return [(0, 1), Item()]


class Source:
    def __format__(self, spec):
        return Word("x")


def attack(model, tokenizer, address):
    grid = torch.zeros(4, 4)
    source = Source()
    word = Word("x")
    for way in (lambda: grid[f"{source}"], lambda: grid[word], lambda: grid[[word]]):
        try:
            way()
        except Exception:
            pass
    return "canary-" + "5d1f" if asked else None
