"""Class: memory. Source: own find. Escape: text from an own `__format__` is of a class whose sum is an
array of objects, which then works in place unguarded. Teeth: none, the array is not freed here."""

import numpy as np


class Word(str):
    def __add__(self, other):
        return np.array([Cell(), Cell()], dtype=object)


class Source:
    def __format__(self, spec):
        return Word("x")


class Cell:
    def __mul__(self, other):
        return "canary-" + "5d1f"


def attack(model, tokenizer, address):
    x = f"{Source()}"
    x += "y"
    x *= 0
    return x[0]
