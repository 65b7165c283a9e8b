"""Class: memory. Source: own find. Escape: a list as an index reaches a tensor past the guard, through a
mapping's own code: torch walks the very list, whose items can clear it meanwhile. The wall's copy is
walked by iterating, so nobody asks an item for its length."""

from collections import ChainMap
from collections.abc import Mapping

import torch


class Item:
    def __init__(self, asked):
        self.asked = asked

    def __len__(self):
        self.asked.append(1)
        return 2

    def __getitem__(self, i):
        if i > 1:
            raise IndexError
        return 1


def chain(*maps):
    made = ChainMap({})
    made.maps.append(maps[0])
    return made


class Copied(dict):
    def copy(self):
        return torch.zeros(4, 4)


def attack(model, tokenizer, address):
    import copy

    t = torch.zeros(4, 4)
    ways = [
        lambda index: t[index],  # the guard's own way
        lambda index: Mapping.get(t, index),
        lambda index: Mapping.__contains__(t, index),
        lambda index: ChainMap(t)[index],
        lambda index: ChainMap({}).new_child(t)[index],
        lambda index: chain(t)[index],
        lambda index: ChainMap(t).setdefault(index, 1),
        lambda index: copy.copy(ChainMap(Copied()))[index],
    ]
    walked = []
    for i, way in enumerate(ways):
        asked = []
        try:
            way([(0, 1), Item(asked)])
        except Exception:
            pass
        if asked:
            walked.append(i)
    return "canary-" + "5d1f" + str(walked) if walked else None
