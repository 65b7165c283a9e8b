"""What `yield from` and the like delegate to, where it is an object of the technique's own.

A generator hands on what is thrown into it, and libraries throw with the traceback, which leads to
frames. So what stands in for the object is asked instead, and hands on the exception alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self


class Delegate:
    """An iterator of the technique's own. `method(obj, name)` reads a method through the guard."""

    __slots__ = ("_iterator", "_method")

    def __init__(self, iterator: Iterator[Any], method: Callable[[Any, str], Any]) -> None:
        self._iterator = iterator
        self._method = method

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        return next(self._iterator)

    def __getattr__(self, name: str) -> Any:
        # An iterator need not have `send`, `throw` and `close`: the generator asks whether it does.
        found = self._method(self._iterator, name)
        return _without_traceback(found) if name == "throw" else found


def _without_traceback(throw: Callable[[Any], Any]) -> Callable[..., Any]:
    def hand_on(kind: Any, value: Any = None, trace: Any = None) -> Any:
        return throw(kind if value is None else value)

    return hand_on
