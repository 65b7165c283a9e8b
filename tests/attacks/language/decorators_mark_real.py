"""Class: module gadget. Source: own find. Escape: decorators of the library set attributes on real
objects."""

import abc
import functools
import typing
from fractions import Fraction


def attack(model, tokenizer, address):
    done = []
    for way in (
        lambda: functools.total_ordering(Fraction),
        lambda: typing.final(model),
        lambda: typing.overload(len),
        lambda: typing.runtime_checkable(Fraction),
        lambda: abc.abstractmethod(model),
    ):
        try:
            way()
            done.append("canary-" + "5d1f")
        except Exception as e:
            if type(e).__name__ != "AccessRefused":
                done.append("canary-" + "5d1f")
    return done
