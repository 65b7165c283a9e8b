"""Compare two results with a tolerance, and say where they differ most."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from cloche.client.arrays import as_array

_MOST_PLACES: Final = 10


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """As numpy's: |actual - expected| <= atol + rtol * |expected|."""

    rtol: float = 1e-5
    atol: float = 1e-8
    top_k: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("rtol", self.rtol), ("atol", self.atol)):
            if not (isinstance(value, (int, float)) and 0 <= value < math.inf):
                raise ValueError(f"{name} is {value!r}; it must be a number, 0 or more")
        if self.top_k is not None and self.top_k < 1:
            raise ValueError(f"top_k is {self.top_k!r}; it must be 1 or more, or None")


@dataclass
class Findings:
    """What a comparison found."""

    compared: int = 0
    outside: int = 0
    #: Where the first elements outside are, in the result's own order: the first layer first.
    places: list[str] = field(default_factory=list)
    largest: float = 0.0
    largest_at: str = ""
    largest_pair: tuple[Any, Any] = (None, None)
    #: Values that cannot be compared at all: other kinds, shapes, lengths, names.
    mismatches: list[str] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        return self.compared > 0 and not self.outside and not self.mismatches

    def lines(self) -> Iterator[str]:
        """For people."""
        yield from self.mismatches[:_MOST_PLACES]
        if not self.compared and not self.mismatches:
            yield "nothing was compared: the result holds no values, so the test shows nothing"
        if self.outside:
            share = f"{self.outside / self.compared:.2%}"
            yield f"{self.outside} of {self.compared} values ({share}) are outside the tolerance"
            expected, actual = self.largest_pair
            yield f"largest difference {self.largest:.6g} at {self.largest_at}:"
            yield f"  snapshot {expected!r}"
            yield f"  now      {actual!r}"
            yield f"first outside: {', '.join(self.places)}"


def compare(expected: Any, actual: Any, tolerance: Tolerance) -> Findings:
    """Args: expected, actual: as `cloche.wire` decodes them."""
    findings = Findings()
    _walk(expected, actual, "result", tolerance, findings)
    return findings


def _walk(expected: Any, actual: Any, path: str, tolerance: Tolerance, found: Findings) -> None:
    left, right = as_array(expected), as_array(actual)
    if left is not None and right is not None:
        _arrays(left, right, path, tolerance, found)
    elif isinstance(expected, Mapping) and isinstance(actual, Mapping):
        if list(expected) != list(actual):
            found.mismatches.append(f"{path}: the keys were {list(expected)}, are {list(actual)}")
            return
        for key in expected:
            _walk(expected[key], actual[key], f"{path}[{key!r}]", tolerance, found)
    elif isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        if len(expected) != len(actual):
            found.mismatches.append(f"{path}: {len(expected)} items were, {len(actual)} are")
            return
        for index, pair in enumerate(zip(expected, actual, strict=True)):
            _walk(*pair, f"{path}[{index}]", tolerance, found)
    elif type(expected) is not type(actual):
        kinds = type(expected).__name__, type(actual).__name__
        found.mismatches.append(f"{path}: was a {kinds[0]}, is a {kinds[1]}")
    elif isinstance(expected, float):
        _arrays(np.array(expected), np.array(actual), path, tolerance, found)
    else:
        found.compared += 1
        if expected != actual:
            _outside(path, math.inf, expected, actual, found)


def _arrays(
    expected: np.ndarray[Any, Any],
    actual: np.ndarray[Any, Any],
    path: str,
    tolerance: Tolerance,
    found: Findings,
) -> None:
    if expected.shape != actual.shape:
        found.mismatches.append(f"{path}: the shape was {expected.shape}, is {actual.shape}")
        return
    if tolerance.top_k is not None and expected.ndim and expected.shape[-1] > tolerance.top_k:
        expected, actual = _largest(expected, actual, tolerance.top_k)
    floating = expected.dtype.kind in "fc"
    with np.errstate(invalid="ignore"):
        difference = np.abs(actual - expected) if floating else np.not_equal(expected, actual)
        close = (
            np.isclose(actual, expected, rtol=tolerance.rtol, atol=tolerance.atol, equal_nan=True)
            if floating
            else np.equal(expected, actual)
        )
    found.compared += expected.size
    for index in np.argwhere(~np.atleast_1d(close)):
        at = tuple(index.tolist()) if expected.ndim else ()
        place = path + "".join(f"[{each}]" for each in at)
        size = float(difference[at]) if floating else math.inf
        size = math.inf if math.isnan(size) else size
        _outside(place, size, expected[at].item(), actual[at].item(), found)


def _largest(
    expected: np.ndarray[Any, Any], actual: np.ndarray[Any, Any], count: int
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The `count` largest values of each row, and what now stands in their places.

    Where a place of the snapshot's has lost its rank to one that is as large, the values tell.
    """
    order = np.argsort(-expected, axis=-1, kind="stable")[..., :count]
    return np.take_along_axis(expected, order, -1), np.take_along_axis(actual, order, -1)


def _outside(place: str, size: float, expected: Any, actual: Any, found: Findings) -> None:
    found.outside += 1
    if len(found.places) < _MOST_PLACES:
        found.places.append(place)
    if not found.largest_at or size > found.largest:
        found.largest, found.largest_at, found.largest_pair = size, place, (expected, actual)
