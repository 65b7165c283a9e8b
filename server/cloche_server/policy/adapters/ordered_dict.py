"""`collections.OrderedDict`, on nothing but a dict.

The library's own keeps a list of nodes in C, and walks it while it asks keys whether they are
equal: a key that empties the dict meanwhile leaves it with freed memory. A dict keeps order by
itself.
"""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from .registry import adapts

if TYPE_CHECKING:
    from ..guards import Guards


class OrderedDict(dict[Any, Any]):
    def move_to_end(self, key: Any, last: bool = True) -> None:
        """Raises KeyError for a key that is not there."""
        value = self.pop(key)
        others = [] if last else list(self.items())
        if not last:
            self.clear()
        self[key] = value
        self.update(others)

    def popitem(self, last: bool = True) -> tuple[Any, Any]:
        """The last pair, or the first. Raises KeyError if there is none."""
        if last or not self:
            return super().popitem()
        key = next(iter(self))
        return key, self.pop(key)

    def copy(self) -> Self:
        return type(self)(self)

    def __eq__(self, other: object) -> bool:
        same = dict.__eq__(self, other)
        if same is True and isinstance(other, OrderedDict):
            return list(self) == list(other)
        return same

    __hash__ = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)!r})"


class _Either(type):
    """torch asks whether what it is given is one of either kind."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, (OrderedDict, collections.OrderedDict))


class OrderedDictOfTorch(OrderedDict, metaclass=_Either):
    """What torch's modules make of their state and of their children, once the wall is built."""


@adapts("collections.OrderedDict")
def make_ordered_dict(guards: Guards) -> Callable[..., Any]:
    return OrderedDict
