"""Methods of Python's own classes that some releases of CPython get wrong; see known_bugs.py."""

# stand-ins carry the names of what they stand in for

from __future__ import annotations

import collections
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..diagnostics import AccessRefused
from ..slots import class_name
from .registry import Adapter, adapts

if TYPE_CHECKING:
    from ..guards import Guards


def _exactly(cls: type, value: Any, name: str) -> None:
    if type(value) is not cls:
        raise AccessRefused(
            f"'{class_name(cls)}.{name}' of another object refused",
            hint=f"call it on a {class_name(cls)}",
            code="call-refused",
        )


def _property_method(name: str) -> Adapter:
    """A copy with one function exchanged, made anew: the library's own lets None go too often."""

    def make(guards: Guards) -> Callable[..., Any]:
        def exchange(old: Any, function: Any, /) -> property:
            _exactly(property, old, name)
            kept = {"getter": old.fget, "setter": old.fset, "deleter": old.fdel}
            documented = getattr(old.fget, "__doc__", None) != old.__doc__
            kept[name] = function
            doc = old.__doc__ if documented or name != "getter" else None
            return property(kept["getter"], kept["setter"], kept["deleter"], doc)

        exchange.__name__ = name
        return exchange

    return make


for _name in ("getter", "setter", "deleter"):
    adapts(f"builtins:property.{_name}")(_property_method(_name))


@adapts("collections:deque.index")
def make_index(guards: Guards) -> Callable[..., Any]:
    def index(items: Any, value: Any, start: int = 0, stop: int = sys.maxsize, /) -> int:
        """Looks in a copy, which holds every item until it is compared."""
        _exactly(collections.deque, items, "index")
        try:
            return list(items).index(value, start, stop)
        except ValueError:
            raise ValueError(f"{value!r} is not in deque") from None

    return index
