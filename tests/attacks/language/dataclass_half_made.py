"""Class: class machinery. Source: found by fuzzing. Escape: a dataclass that fails half way, or that makes
another class with slots, leaves its generated `__init__` in the class it was given. It sets a module's
private registry, whose entries are called unasked."""

from dataclasses import dataclass

import torch
from torch import nn

called = []


def hook(*args):
    called.append(args)


class Failing:
    _forward_hooks: dict

    def __lt__(self, other):
        return True


class Slotted:
    _forward_hooks: dict


try:
    dataclass(order=True)(Failing)
except TypeError:
    pass
dataclass(slots=True)(Slotted)


def made(base):
    class M(base, nn.Module):
        def __new__(cls, *args):
            self = super().__new__(cls)
            nn.Module.__init__(self)
            return self

        def __hash__(self):
            return 1

        def forward(self, x):
            return x

    return M


def attack(model, tokenizer, address):
    for base in (Failing, Slotted):
        try:
            made(base)({0: hook})(torch.zeros(1))
        except Exception:
            pass
    return "canary-" + "5d1f" if called else None
