"""Results for a reader with little room: numbers and text as they are, arrays in a few words."""

from __future__ import annotations

import math
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from cloche.client.arrays import as_array

# An array of more values is told by its shape and statistics.
_MOST_VALUES: Final = 64
_MOST_ITEMS: Final = 100
_MOST_TEXT: Final = 4000
_MOST_DEPTH: Final = 8
_MOST_KEPT: Final = 64
_MOST_KEPT_BYTES: Final = 256 << 20
_INDEX: Final = re.compile(r"\s*(-?\d+|-?\d*:-?\d*(?::-?\d+)?)\s*")


class Kept:
    """Arrays that were summarised, by handle, for whoever wants to see more of one.

    The last ones, within a bound; a handle is not to be guessed.
    """

    def __init__(self) -> None:
        self._arrays: OrderedDict[str, np.ndarray[Any, Any]] = OrderedDict()

    def keep(self, array: np.ndarray[Any, Any]) -> str:
        handle = f"array-{secrets.token_urlsafe(12)}"
        self._arrays[handle] = array
        while len(self._arrays) > _MOST_KEPT or self._bytes() > _MOST_KEPT_BYTES:
            self._arrays.popitem(last=False)
        return handle

    def slice(self, handle: str, at: str) -> Any:
        """A summary of a part, such as "0, :5".

        Raises:
            ValueError: no such handle, or no such part.
        """
        if handle not in self._arrays:
            raise ValueError("no array is kept under this handle (any more); run it again")
        array = self._arrays[handle]
        parts = [each for each in at.strip().strip("[]").split(",") if each.strip()]
        if not all(_INDEX.fullmatch(each) for each in parts):
            raise ValueError(f"slice {at[:80]!r} is none; write numbers and ranges, as in '0, :5'")
        try:
            chosen = array[tuple(_index(each) for each in parts)]
        except (IndexError, ValueError) as error:
            raise ValueError(f"slice {at[:80]!r} of {list(array.shape)}: {error}") from None
        return summary(chosen, self)

    def _bytes(self) -> int:
        return sum(each.nbytes for each in self._arrays.values())


def summary(value: Any, kept: Kept, depth: int = 0) -> Any:
    """`value` as JSON has it; NaN and infinities as text."""
    array = as_array(value)
    if array is not None:
        return _of_array(value, array, kept)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if value is None or isinstance(value, (bool, int)):
        return value
    if depth > _MOST_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        pairs = list(value.items())
        shown = {str(key): summary(item, kept, depth + 1) for key, item in pairs[:_MOST_ITEMS]}
        return shown | _left_out(len(pairs))
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [summary(item, kept, depth + 1) for item in list(value)[:_MOST_ITEMS]]
        more = _left_out(len(value))
        return [*items, more] if more else items
    return cut(value if isinstance(value, str) else repr(value))


def cut(text: str, most: int = _MOST_TEXT) -> str:
    """Its beginning, and how much is left out."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most} more characters)"


def _left_out(count: int) -> dict[str, int]:
    return {"…more": count - _MOST_ITEMS} if count > _MOST_ITEMS else {}


def _of_array(value: Any, array: np.ndarray[Any, Any], kept: Kept) -> Any:
    if array.size <= _MOST_VALUES:
        return summary(array.tolist(), kept)
    about: dict[str, Any] = {
        "shape": list(array.shape),
        "dtype": str(value.dtype).removeprefix("torch."),
        "handle": kept.keep(array),
    }
    if array.dtype.kind in "iuf":
        found = (array.min(), array.max(), array.mean(dtype=float), array.std(dtype=float))
        names = ("min", "max", "mean", "std")
        about |= {n: summary(float(each), kept) for n, each in zip(names, found, strict=True)}
    return about


def _index(text: str) -> int | slice:
    parts = [int(each) if each.strip() else None for each in text.split(":")]
    return parts[0] if len(parts) == 1 and parts[0] is not None else slice(*parts)
