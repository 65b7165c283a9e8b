"""Walls with one rule taken out: the fuzzer has to find each of them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from cloche_server.walls.language import LanguageWall
from cloche_server.walls.language.guards import classes, matching, reading

Weakness = Callable[[LanguageWall], Any]


@contextmanager
def raw_attrgetter(wall: LanguageWall) -> Iterator[None]:
    """`operator.attrgetter` as the standard library has it."""
    catalogue = wall.catalogue
    getter = operator.attrgetter
    key = ("operator", "attrgetter")
    adapter = catalogue.adapted.pop(key)
    catalogue.modules["operator"]["attrgetter"] = getter
    catalogue.callables[id(getter)] = (getter, True)
    catalogue.kinds[getter] = type(catalogue.use(object))(called=True)
    catalogue.classes[id(getter)] = getter
    catalogue.pure.add(id(getter))
    try:
        yield
    finally:
        catalogue.adapted[key] = adapter
        del catalogue.modules["operator"]["attrgetter"], catalogue.callables[id(getter)]
        del catalogue.kinds[getter], catalogue.classes[id(getter)]
        catalogue.pure.discard(id(getter))


INSIDES = frozenset(
    {
        *("__globals__", "__closure__", "__code__", "__self__", "__func__", "__defaults__"),
        *("gi_frame", "gi_code", "__mro__", "__bases__", "__subclasses__"),
    }
)


@contextmanager
def readable_insides(wall: LanguageWall) -> Iterator[None]:
    """The read guard lets special names of functions and generators through."""
    slow = reading.ReadGuard.slow_read

    def slow_read(self: Any, obj: Any, name: str) -> Any:
        if name in INSIDES:
            return getattr(obj, name)
        return slow(self, obj, name)

    with patch.object(reading.ReadGuard, "slow_read", slow_read):
        yield


@contextmanager
def real_types(wall: LanguageWall) -> Iterator[None]:
    """`type(x)` gives the class itself, listed or not."""
    with patch.object(reading.ReadGuard, "hand_out_class", lambda self, cls: cls):
        yield


@contextmanager
def unguarded_patterns(wall: LanguageWall) -> Iterator[None]:
    """Class patterns read attributes as Python does."""

    def match_class(self: Any, subject: Any, cls: Any, positional: int, found: Any) -> Any:
        try:
            return tuple(getattr(subject, name) for name in found)
        except AttributeError:
            return None

    with patch.object(matching.MatchGuard, "match_class", match_class):
        yield


@contextmanager
def tracebacks_at_exit(wall: LanguageWall) -> Iterator[None]:
    """`__exit__` is given the traceback."""
    with patch.object(classes.ClassGuard, "_without_traceback", lambda self, function: function):
        yield


WEAKNESSES: tuple[Weakness, ...] = (
    raw_attrgetter,
    readable_insides,
    real_types,
    unguarded_patterns,
    tracebacks_at_exit,
)
