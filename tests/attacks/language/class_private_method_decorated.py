"""Class: class machinery. Source: own find. Escape: functions of torch are handed out: a decorator, or what is told
its name in a class, puts Module's private method into the class."""

import dataclasses
from typing import Any

from torch import nn

kept = []


def take(self, *given, **named):
    kept.extend(given)
    return self


def attack(model, tokenizer, address):
    for way in (by_decorator, by_told_its_name, by_derived, by_dataclass):
        try:
            way()().double()
        except Exception:
            pass
    return kept


def by_decorator():
    def fill(cls):
        cls._apply = take
        return cls

    @fill
    class Taking(nn.Module):
        pass

    return Taking


def by_told_its_name():
    class Fills:
        def __set_name__(self, owner, name):
            setattr(owner, "_apply", take)

    class Taking(nn.Module):
        fills = Fills()

    return Taking


def by_derived():
    class Base(nn.Module):
        def __init_subclass__(cls):
            cls._apply = take

    class Taking(Base):
        pass

    return Taking


def by_dataclass():
    @dataclasses.dataclass(eq=False)
    class Taking(nn.Module):
        _apply: Any = dataclasses.field(default=take)

        def __post_init__(self):
            pass

    return Taking
