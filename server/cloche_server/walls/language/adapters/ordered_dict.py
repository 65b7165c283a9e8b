"""`collections.OrderedDict`, on nothing but a dict.

The library's own keeps a list of nodes in C, and walks it while it asks keys whether they are
equal: a key that empties the dict meanwhile leaves it with freed memory. A dict keeps order by
itself.
"""

from __future__ import annotations

import collections
import reprlib
import sys
import typing
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, Self

from .registry import adapts, alias_of

if TYPE_CHECKING:
    from ..guards import Guards


_MISSING: Final = object()


class OrderedDict(dict[Any, Any]):
    """What derives from it and overrides an item's method is asked where the library would ask."""

    def __init__(self, other: Any = (), /, **keywords: Any) -> None:
        OrderedDict.update(self, other, **keywords)  # an override of it is not asked

    def update(self, other: Any = (), /, **keywords: Any) -> None:
        # A dict reads of `other` what it reads of anything.
        for key, value in dict(other, **keywords).items():
            self[key] = value

    @classmethod
    def fromkeys(cls, iterable: Iterable[Any], value: Any = None) -> Self:
        made = cls()
        for key in iterable:
            made[key] = value
        return made

    def move_to_end(self, key: Any, last: bool = True) -> None:
        """Raises KeyError for a key that is not there."""
        value = dict.pop(self, key)
        others = [] if last else list(dict.items(self))
        if not last:
            dict.clear(self)
        dict.__setitem__(self, key, value)
        dict.update(self, others)

    def popitem(self, last: bool = True) -> tuple[Any, Any]:
        """The last pair, or the first. Raises KeyError if there is none."""
        if not self:
            raise KeyError("dictionary is empty")
        if last:
            return dict.popitem(self)
        key = next(iter(dict.keys(self)))
        return key, dict.pop(self, key)

    def pop(self, key: Any, default: Any = _MISSING) -> Any:
        value = dict.pop(self, key, default)
        if value is _MISSING:
            raise KeyError(key)
        return value

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key in self:
            return self[key]
        self[key] = default
        return default

    def copy(self) -> Self:
        return type(self)(self)

    def __eq__(self, other: object) -> bool:
        same = dict.__eq__(self, other)
        if same is True and isinstance(other, OrderedDict):
            return list(self) == list(other)
        return same

    def __ne__(self, other: object) -> bool:
        same = self.__eq__(other)
        return same if same is NotImplemented else not same

    __hash__ = None

    def __or__(self, other: Any) -> Any:
        if not isinstance(other, dict):
            return NotImplemented
        made = type(self)(self)
        made.update(other)
        return made

    def __ror__(self, other: Any) -> Any:
        if not isinstance(other, dict):
            return NotImplemented
        made = type(self)(other)
        made.update(self)
        return made

    def __ior__(self, other: Any) -> Self:
        self.update(other)
        return self

    @reprlib.recursive_repr()
    def __repr__(self) -> str:
        if not self:
            return f"{type(self).__name__}()"
        held: object = dict(self) if sys.version_info >= (3, 12) else list(self.items())
        return f"{type(self).__name__}({held!r})"


# Shown where a technique prints the class, or reads of it.
OrderedDict.__module__ = "collections"


class _Either(type):
    """torch asks whether what it is given is one of either kind."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, (OrderedDict, collections.OrderedDict))


class OrderedDictOfTorch(OrderedDict, metaclass=_Either):
    """What torch's modules make of their state and of their children, once the wall is built."""


@adapts("typing.OrderedDict")
def make_ordered_dict_alias(guards: Guards) -> Any:
    return alias_of(OrderedDict, typing.OrderedDict)


@adapts("collections.OrderedDict")
def make_ordered_dict(guards: Guards) -> Callable[..., Any]:
    return OrderedDict
