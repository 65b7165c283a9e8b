"""Class: class machinery. Source: own find. Escape: a default's `__repr__` runs while `dataclass` is at work
on a layer's class, and calls the class before its generated `__init__` is wrapped. That sets the layer's
private registry, whose entries are called unasked."""

from dataclasses import dataclass

import torch
from torch import nn

called = []


def hook(*args):
    called.append(args)


class Begin:
    """Makes the layer before its next field is set."""

    def __get__(self, obj, cls):
        return 1

    def __set__(self, obj, value):
        nn.Module.__init__(obj)


class Told:
    def __repr__(self):
        M(1, {0: hook})(torch.zeros(1))
        return ""


class M(nn.Module):
    begin: int = Begin()
    _forward_hooks: object = None
    other: object = Told()

    def __hash__(self):
        return 1

    def forward(self, x):
        return x


def attack(model, tokenizer, address):
    dataclass(M)
    return "canary-" + "5d1f" if called else None
