"""Class: class machinery. Source: own find, after one by fuzzing. Escape: code of the source runs while
`dataclass` is at work on a class, and derives from it and calls it before its generated `__init__` is wrapped: a
default's `__repr__`, `__init_subclass__` of a base, a descriptor under an abstract name."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import nn

called = []


def hook(*args):
    called.append(args)


def derive(base):
    class M(base, nn.Module):
        def __new__(cls, *args):
            self = super().__new__(cls)
            nn.Module.__init__(self)
            return self

        def __hash__(self):
            return 1

        def forward(self, x):
            return x

    made.append(M)
    M({0: hook})(torch.zeros(1))


def attempt(base):
    try:
        derive(base)
    except Exception:
        pass


made = []
windows = []


class Told:
    def __repr__(self):
        attempt(Shown)
        return ""


class Shown:
    _forward_hooks: dict
    other: object = Told()


class Announces:
    def __init_subclass__(cls):
        windows.append(cls)
        if len(windows) > 1:
            attempt(cls)


class Slotted(Announces):
    _forward_hooks: dict


class Descriptor:
    def __get__(self, instance, owner):
        if not made:
            attempt(owner)
        return 1


class Abstract(ABC):
    @abstractmethod
    def m(self):
        pass


class Concrete(Abstract):
    _forward_hooks: dict
    m = Descriptor()


def attack(model, tokenizer, address):
    for options, cls in (({}, Shown), ({"slots": True}, Slotted), ({}, Concrete)):
        made.clear()
        try:
            dataclass(**options)(cls)
        except Exception:
            pass
    return "canary-" + "5d1f" if called else None
