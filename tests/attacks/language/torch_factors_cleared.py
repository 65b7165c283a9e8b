"""Class: memory. Source: own find. Escape: the process breaks. Factors of a size are read through a bare
pointer, each by its `__float__`, which clears the list."""

import torch
from torch.nn import functional


class Factor:
    def __float__(self):
        factors.clear()
        return 1.0

    def __mul__(self, other):
        return 1.0

    __rmul__ = __mul__


factors = [1.0, Factor(), Factor()]


def attack(model, tokenizer, address):
    return functional.interpolate(torch.zeros(1, 1, 2, 2, 2), scale_factor=factors)
