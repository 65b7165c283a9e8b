"""What C code is given instead of a caller's own lists: copies that nobody else holds.

torch and numpy walk a list through a bare pointer to its items. An item may be an object of the
technique, whose methods run meanwhile and could clear the list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch

from .diagnostics import AccessRefused
from .slots import class_name, mro_of, owner_of

#: Taken over as they are: they are not walked, or nothing can change them.
LEAVES: Final = frozenset(
    {int, float, bool, complex, str, bytes, type(None), range, slice, type(...)}
)

_SEQUENCES: Final = frozenset({object, list, tuple})
_WALKED_AS_TEXT: Final = frozenset({bytes, bytearray, memoryview})
_ARRAYS: Final = frozenset({("numpy", "ndarray"), ("numpy", "generic")})
_WHOLE: Final = frozenset({("torch", "Tensor"), ("numpy", "dtype")})
#: Libraries that go over what they are given, or index with it.
WALKING_LIBRARIES: Final = frozenset({"torch", "transformers", "einops", "peft"})
#: What a model asks by its own methods, and never walks.
ASKED_ITSELF: Final = frozenset({"cache", "past_key_values", "streamer"})


def library_of(holder: Any) -> str:
    """The first name of the module that a function or class says it is from."""
    return str(getattr(holder, "__module__", None) or "").partition(".")[0]


def refuse_objects(array: Any) -> None:
    """Raises AccessRefused for an array of Python objects."""
    if array.dtype.hasobject:
        raise AccessRefused(
            "computing with an array of Python objects refused",
            hint="use a list, or convert it first: x.astype(float)",
            code="argument-refused",
        )


def owned(value: Any, is_own: Callable[[type], bool]) -> Any:
    """The same lists, tuples and dicts at every depth, but nobody else's: for library code.

    A model or a cache goes over them, and hands them on to C code as an index. A sequence of the
    technique's own is a list by then: it could hand out a list that somebody holds.
    """
    cls = type(value)
    if cls is list or cls is tuple:
        return cls([owned(each, is_own) for each in value])
    if cls is dict:
        return {key: owned(each, is_own) for key, each in value.items()}
    if is_own(cls):
        mro = mro_of(cls)
        walked = owner_of(mro, "__getitem__")[0] >= 0 and owner_of(mro, "keys")[0] < 0
        if walked and all(is_own(each) or each in _SEQUENCES for each in mro):
            return [owned(each, is_own) for each in value]
    return value


def private(value: Any, *, for_torch: bool = True) -> Any:
    """The same data in lists and tuples that nobody else holds.

    Args:
        for_torch: it may become a row of a tensor, where torch takes more than sequences.

    Raises:
        TypeError: torch would walk what is no sequence.
        AccessRefused: an array of Python objects.
    """
    cls = type(value)
    if cls in LEAVES:
        return value
    if cls is list or cls is tuple:
        if LEAVES.issuperset(map(type, value)):
            return cls(value)  # of a tuple, itself
        return cls([private(each, for_torch=for_torch) for each in value])
    if cls is torch.Tensor:
        return value
    mro = mro_of(cls)
    if str in mro:
        # As an index, torch takes text apart by the methods of its class: they may give lists.
        return str.__str__(value)
    if not _WALKED_AS_TEXT.isdisjoint(mro):
        return value
    kinds = _ARRAYS if cls is np.ndarray else {(each.__module__, class_name(each)) for each in mro}
    if not _WHOLE.isdisjoint(kinds):
        return value
    if not _ARRAYS.isdisjoint(kinds):
        refuse_objects(value)  # as a row, it would give out lists that somebody holds
        return value
    if owner_of(mro, "__getitem__")[0] >= 0 and dict not in mro:
        # Iterated here, where the technique's own code may run: what comes out is walked again.
        items = [private(each, for_torch=for_torch) for each in value]
        return tuple(items) if tuple in mro else items
    if for_torch and owner_of(mro, "__iter__")[0] >= 0:
        # No sequence: torch refuses it as the first row, but takes it for any other.
        raise TypeError(f"a '{class_name(cls)}' is no tensor's data: write list(...) around it")
    return value
