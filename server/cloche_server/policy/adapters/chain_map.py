"""`collections.ChainMap` over mappings that a technique could ask itself.

The library's own takes any object, and asks it for items past the guards: a tensor for the items of
a list that changes meanwhile, an array of objects for a place to write to.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from ..arrays import no_array
from ..diagnostics import AccessRefused
from ..names import MARK
from ..slots import class_name, dict_of, mro_of
from .ordered_dict import OrderedDict, OrderedDictOfTorch
from .registry import adapts

if TYPE_CHECKING:
    from ..guards import Guards


class ChainMap(collections.ChainMap[Any, Any]):
    """Every way to make one passes through `__init__`, copies too."""

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

    @property
    def maps(self) -> tuple[MutableMapping[Any, Any], ...]:  # type: ignore[override]
        """A tuple: nothing is added past the check."""
        return self._maps


_PLAIN: Final = frozenset(
    {dict, OrderedDict, OrderedDictOfTorch, collections.defaultdict, collections.Counter, ChainMap}
)


def _is_plain(cls: type) -> bool:
    return cls in _PLAIN or any(MARK in dict_of(each) for each in mro_of(cls))


@adapts("collections.ChainMap")
def make_chain_map(guards: Guards) -> Callable[..., Any]:
    return ChainMap
