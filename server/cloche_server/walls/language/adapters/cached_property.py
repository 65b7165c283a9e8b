"""`functools.cached_property`, which keeps its value as an attribute that may be set.

The library's own writes into the object's dict, under the name it got in the first class that it
stood in: a register of a library's class, were it put into a class that derives from one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from ..slots import data_of
from .registry import adapts

if TYPE_CHECKING:
    from ..guards import Guards


class CachedProperty:
    def __init__(self, function: Callable[[Any], Any], check: Callable[..., None]) -> None:
        self._function = function
        self._check = check
        self._name: str | None = None
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        if self._name not in (None, name):
            raise TypeError(
                "Cannot assign the same cached_property to two different names "
                f"({self._name!r} and {name!r})."
            )
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Self | Any:
        if instance is None:
            return self
        if self._name is None:
            raise TypeError("Cannot use cached_property instance without calling __set_name__")
        self._check(instance, type(instance), self._name)
        kept = data_of(instance)
        if self._name not in kept:
            kept[self._name] = self._function(instance)
        return kept[self._name]


@adapts("functools.cached_property")
def make_cached_property(guards: Guards) -> Callable[..., Any]:
    def cached_property(func: Any) -> Any:
        return CachedProperty(guards.calls.call(func), guards.writing.check_own)

    return cached_property
