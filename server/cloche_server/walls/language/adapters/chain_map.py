"""`collections.ChainMap` over mappings that a technique could ask itself.

The library's own takes any object, and asks it for items past the guards: a tensor for the items of
a list that changes meanwhile, an array of objects for a place to write to.
"""

from __future__ import annotations

import collections
import copy
import typing
from collections.abc import Callable, MutableMapping
from typing import TYPE_CHECKING, Any, Final, Self

from ..arrays import no_array
from ..diagnostics import AccessRefused
from ..names import MARK
from ..slots import class_name, dict_of, mro_of
from .ordered_dict import OrderedDict, OrderedDictOfTorch
from .registry import adapts, alias_of

if TYPE_CHECKING:
    from ..guards import Guards


class ChainMap(collections.ChainMap[Any, Any]):
    """Every way to make one passes through `__init__`, copies too.

    The library's own calls methods of the first map by name, where a class of the technique's may
    hold what nobody judged. Here items are read, set and deleted, and nothing else is asked.
    """

    #: Its length goes over the maps, which may be the technique's own.
    __array__ = no_array

    def __init__(self, *maps: MutableMapping[Any, Any]) -> None:
        for each in maps:
            if not _is_plain(type(each)):
                raise AccessRefused(
                    f"a ChainMap over a '{class_name(type(each))}' refused",
                    hint="copy it into a dict: ChainMap(dict(x))",
                    code="argument-refused",
                )
        self._maps = maps or ({},)

    def pop(self, key: Any, *default: Any) -> Any:
        first = self.maps[0]
        if key in first:
            value = first[key]
            del first[key]
            return value
        if default:
            return default[0]
        raise KeyError(f"Key not found in the first mapping: {key!r}")

    def popitem(self) -> tuple[Any, Any]:
        keys = list(self.maps[0])
        if not keys:
            raise KeyError("No keys found in the first mapping.")
        return keys[-1], self.pop(keys[-1])

    def clear(self) -> None:
        for key in list(self.maps[0]):
            del self.maps[0][key]

    def copy(self) -> Self:
        return type(self)(copy.copy(self.maps[0]), *self.maps[1:])

    def update(self, other: Any = (), /, **keywords: Any) -> None:
        # A dict reads of `other` what it reads of anything.
        for key, value in dict(other, **keywords).items():
            self[key] = value

    @property
    def maps(self) -> tuple[MutableMapping[Any, Any], ...]:  # type: ignore[override]
        """A tuple: nothing is added past the check."""
        return self._maps


_PLAIN_TYPES: Final[frozenset[type]] = frozenset(
    {dict, OrderedDict, OrderedDictOfTorch, collections.defaultdict, collections.Counter, ChainMap}
)


def _is_plain(cls: type) -> bool:
    mro = mro_of(cls)
    # Items of a list are set past its guard, were one of them the first map.
    return cls in _PLAIN_TYPES or (any(MARK in dict_of(each) for each in mro) and list not in mro)


# Shown where a technique prints the class, or reads of it.
ChainMap.__module__ = "collections"


@adapts("typing.ChainMap")
def make_chain_map_alias(guards: Guards) -> Any:
    return alias_of(ChainMap, typing.ChainMap)


@adapts("collections.ChainMap")
def make_chain_map(guards: Guards) -> Callable[..., Any]:
    return ChainMap
