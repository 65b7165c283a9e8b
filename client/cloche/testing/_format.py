"""A snapshot as text: where it was made, what it holds in words, and the wire's own bytes."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from cloche import wire
from cloche.client.arrays import as_array

_FIRST_LINE: Final = "cloche snapshot 1"
_BYTES_FOLLOW: Final = "# msgpack, base64"
_MOST_LINES: Final = 200
_MOST_BYTES: Final = 1 << 20
_WIDTH: Final = 100


@dataclass(frozen=True)
class Stored:
    """What a file holds."""

    header: Mapping[str, str]
    value: Any


def write(value: Any, header: Mapping[str, str]) -> str:
    """Raises ValueError where the result is too large to be kept beside a test."""
    data = bytes(wire.encode(value))
    if len(data) > _MOST_BYTES:
        raise ValueError(
            f"the result takes {len(data)} bytes, and a snapshot at most {_MOST_BYTES}: return "
            "statistics, a slice, or the largest few"
        )
    lines = [_FIRST_LINE, *(f"{name}: {text}" for name, text in header.items()), ""]
    described = list(_describe(value, "result"))
    lines += described[:_MOST_LINES]
    if len(described) > _MOST_LINES:
        lines.append(f"... and {len(described) - _MOST_LINES} more")
    lines += ["", _BYTES_FOLLOW, *textwrap.wrap(base64.b64encode(data).decode(), _WIDTH)]
    return "\n".join(lines) + "\n"


def read(text: str) -> Stored:
    """Raises ValueError for what `write` has not written."""
    first, _, rest = text.partition("\n")
    head, mark, data = rest.partition(_BYTES_FOLLOW)
    if first != _FIRST_LINE or not mark:
        raise ValueError("this is no snapshot of Cloche's, or one of another release; update it")
    header = dict(line.split(": ", 1) for line in head.split("\n\n", 1)[0].splitlines())
    return Stored(header, wire.decode(base64.b64decode("".join(data.split()), validate=True)))


def _describe(value: Any, path: str) -> Iterator[str]:
    found = as_array(value)
    if found is not None:
        yield f"{path}: {_array(value, found)}"
    elif isinstance(value, Mapping):
        yield f"{path}: {len(value)} fields"
        for key, item in value.items():
            yield from _describe(item, f"{path}[{key!r}]")
    elif isinstance(value, (list, tuple)) and any(_is_nested(item) for item in value):
        yield f"{path}: {len(value)} items"
        for index, item in enumerate(value):
            yield from _describe(item, f"{path}[{index}]")
    else:
        yield f"{path}: {repr(value)[:_WIDTH]}"


def _is_nested(value: Any) -> bool:
    return isinstance(value, (Mapping, list, tuple)) or as_array(value) is not None


def _array(value: Any, found: np.ndarray[Any, Any]) -> str:
    text = f"{str(value.dtype).removeprefix('torch.')} {list(found.shape)}"
    if not found.size or found.dtype.kind not in "iuf":
        return text
    numbers = (f"{each:.6g}" for each in (found.min(), found.max(), found.mean(dtype=float)))
    return "{}, from {} to {}, mean {}".format(text, *numbers)
