"""Iterators that go on using what they have let go, were they the library's own.

Those written in C drop an iterator, a key or a sum while code of the technique, which they called,
still runs on it: a `__next__` or `__eq__` that asks the same iterator once more leaves them with
freed memory. A generator refuses to be asked while it runs, and holds what it uses.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from .registry import adapts

if TYPE_CHECKING:
    from ..guards import Guards

_MISSING: Final = object()


@adapts("builtins.iter")
def make_iter(guards: Guards) -> Callable[..., Any]:
    def iter_(value: Any, sentinel: Any = _MISSING, /) -> Any:
        if sentinel is _MISSING:
            return iter(value)
        return _until(guards.calls.call(value), sentinel)

    iter_.__name__ = "iter"
    return iter_


def _until(function: Callable[[], Any], sentinel: Any) -> Iterator[Any]:
    while True:
        try:
            value = function()
        except StopIteration:
            return
        if sentinel is value or sentinel == value:
            return
        yield value


@adapts("itertools.accumulate")
def make_accumulate(guards: Guards) -> Callable[..., Any]:
    def accumulate(iterable: Iterable[Any], func: Any = None, *, initial: Any = None) -> Any:
        add = operator.add if func is None else guards.calls.call(func)
        return _accumulate(iter(iterable), add, initial)

    return accumulate


def _accumulate(values: Iterator[Any], add: Callable[..., Any], initial: Any) -> Iterator[Any]:
    total = initial
    if initial is None:
        for first in values:
            total = first
            break
        else:
            return
    yield total
    for each in values:
        total = add(total, each)
        yield total


class chain:  # noqa: N801
    """A class, as the library's own: `from_iterable` is read of it."""

    def __new__(cls, *iterables: Iterable[Any]) -> Any:
        return _chain(iterables)

    @staticmethod
    def from_iterable(iterable: Iterable[Iterable[Any]], /) -> Iterator[Any]:
        return _chain(iterable)


def _chain(iterables: Iterable[Iterable[Any]]) -> Iterator[Any]:
    for each in iterables:
        yield from iter(each)


@adapts("itertools.chain")
def make_chain(guards: Guards) -> Callable[..., Any]:
    return chain


@adapts("itertools.count")
def make_count(guards: Guards) -> Callable[..., Any]:
    def count(start: Any = 0, step: Any = 1) -> Any:
        return _count(start, step)

    return count


def _count(number: Any, step: Any) -> Iterator[Any]:
    while True:
        yield number
        number = number + step


@adapts("itertools.cycle")
def make_cycle(guards: Guards) -> Callable[..., Any]:
    def cycle(iterable: Iterable[Any], /) -> Any:
        return _cycle(iter(iterable))

    return cycle


def _cycle(values: Iterator[Any]) -> Iterator[Any]:
    kept = []
    for each in values:
        yield each
        kept.append(each)
    while kept:
        yield from kept


@adapts("itertools.groupby")
def make_groupby(guards: Guards) -> Callable[..., Any]:
    def groupby(iterable: Iterable[Any], key: Any = None) -> Any:
        return _groupby(iter(iterable), None if key is None else guards.calls.call(key))

    return groupby


def _groupby(values: Iterator[Any], key: Callable[[Any], Any] | None) -> Iterator[Any]:
    # A stretch of values may be read late, or never: it says where the reading stands.
    pending: list[tuple[Any, Any]] = []

    def take() -> bool:
        for each in values:
            pending.append((each if key is None else key(each), each))
            return True
        return False

    def stretch(wanted: Any, number: int) -> Iterator[Any]:
        while number == at[0] and (pending or take()) and _same(wanted, pending[0][0]):
            # What compared the keys may have gone further itself.
            if number != at[0] or not pending:
                return
            yield pending.pop(0)[1]

    at = [0]
    while pending or take():
        at[0] += 1
        wanted = pending[0][0]
        yield wanted, stretch(wanted, at[0])
        while (pending or take()) and _same(wanted, pending[0][0]):
            pending.pop(0)


def _same(one: Any, other: Any) -> bool:
    return one is other or bool(one == other)


@adapts("itertools.islice")
def make_islice(guards: Guards) -> Callable[..., Any]:
    def islice(iterable: Iterable[Any], /, *bounds: Any) -> Any:
        itertools.islice((), *bounds)  # refuses what the library refuses
        asked = slice(*bounds)
        return _islice(iter(iterable), asked.start or 0, asked.stop, asked.step or 1)

    return islice


def _islice(values: Iterator[Any], start: int, stop: int | None, step: int) -> Iterator[Any]:
    numbers = itertools.count() if stop is None else range(max(start, stop))
    for number, each in zip(numbers, values):  # noqa: B905
        if number >= start and (number - start) % step == 0:
            yield each


@adapts("itertools.pairwise")
def make_pairwise(guards: Guards) -> Callable[..., Any]:
    def pairwise(iterable: Iterable[Any], /) -> Any:
        return _pairwise(iter(iterable))

    return pairwise


def _pairwise(values: Iterator[Any]) -> Iterator[Any]:
    before = next(values, _MISSING)
    if before is _MISSING:
        return
    for each in values:
        yield before, each
        before = each


@adapts("itertools.zip_longest")
def make_zip_longest(guards: Guards) -> Callable[..., Any]:
    def zip_longest(*iterables: Iterable[Any], fillvalue: Any = None) -> Any:
        return _zip_longest([iter(each) for each in iterables], fillvalue)

    return zip_longest


def _zip_longest(iterators: list[Iterator[Any]], fillvalue: Any) -> Iterator[Any]:
    active = set(range(len(iterators)))
    while active:
        found = []
        for number, each in enumerate(iterators):
            value = next(each, _MISSING) if number in active else _MISSING
            if value is _MISSING:
                active.discard(number)
                value = fillvalue
            found.append(value)
        if active:
            yield tuple(found)
