"""Items that C code reaches through bare pointers while it calls back: so it gets copies.

torch and numpy walk a list that is an index or a value; a list's own slices are measured before
what they are set to is gone over. Replacing `Tensor.__getitem__` itself would make C code take
tensors for sequences. The guards come through here instead: reading `x[i]`, setting `x[i]`, and the
same by name or by `operator`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from .copies import LEAVES, private
from .slots import dict_of, mro_of, owner_of


def item(obj: Any, index: Any) -> Any:
    """The guard of `obj[index]`, where the source alone does not show that the index is plain."""
    if type(index) not in LEAVES:
        mro = mro_of(type(obj))
        if torch.Tensor in mro or np.ndarray in mro:
            index = private(index)
    return obj[index]


class ArrayItems:
    """Stands in for a tensor or an array whose items are set."""

    __slots__ = ("array",)

    def __init__(self, array: Any) -> None:
        self.array = array

    def __getitem__(self, index: Any) -> Any:
        return item(self.array, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        self.array[private(index)] = private(value)

    def __delitem__(self, index: Any) -> None:
        del self.array[private(index)]


class ListItems:
    """Stands in for a list, or an object of a class derived from it, whose items are set."""

    __slots__ = ("items",)

    def __init__(self, items: Any) -> None:
        self.items = items

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        mro = mro_of(type(self.items))
        if mro[owner_of(mro, "__setitem__")[0]] is list:
            value = gone_over(index, value)
        self.items[index] = value

    def __delitem__(self, index: Any) -> None:
        del self.items[index]


class KeyedItems:
    """Stands in for a library's mapping whose items are set: each is looked at first."""

    __slots__ = ("_check_delete", "_check_set", "items")

    def __init__(
        self, items: Any, check_set: Callable[[Any, Any], None], check_delete: Callable[[], None]
    ) -> None:
        self.items = items
        self._check_set = check_set
        self._check_delete = check_delete

    def __getitem__(self, key: Any) -> Any:
        return self.items[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._check_set(key, value)
        self.items[key] = value

    def __delitem__(self, key: Any) -> None:
        self._check_delete()
        del self.items[key]


def gone_over(index: Any, value: Any) -> Any:
    """What a list's items are set to, so that setting them runs no code of the technique.

    Some Pythons measure a slice with a step first: a generator that empties the list meanwhile has
    them write past its end.
    """
    return list(value) if type(index) is slice and type(value) not in (list, tuple) else value


def iterate_items(self: Any) -> Iterator[Any]:
    """`__iter__` of a technique's own sequences that define `__getitem__` alone.

    Python's iterator over such an object lets go of it at its end, and once more if the object
    itself has asked for the end meanwhile: it would be freed while it is in use.
    """
    for cls in mro_of(type(self)):
        found = dict_of(cls).get("__iter__", iterate_items)
        if found is not iterate_items:
            walked: Iterator[Any] = found.__get__(self, type(self))()
            return walked
    return _by_index(self)


def _by_index(sequence: Any) -> Iterator[Any]:
    for index in itertools.count():
        try:
            value = sequence[index]
        except (IndexError, StopIteration):
            return
        yield value
