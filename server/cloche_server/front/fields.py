"""Walk the fields of a protobuf message without parsing it: sizes are judged before any is copied.

Source: protobuf.dev, "Encoding".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_VARINT: Final = 0
_FIXED64: Final = 1
BYTES: Final = 2
_FIXED32: Final = 5
_VARINT_BYTES: Final = 10
# No message of the contract that a caller sends has as many. A parser takes its time for each.
_MOST_FIELDS: Final = 64


class Malformed(ValueError):
    """Not a protobuf message, or one that no caller needs to send; the message says why."""


@dataclass(frozen=True)
class Field:
    """One field: it begins at `start`, and what it holds lies from `begin` to `end`."""

    number: int
    kind: int
    start: int
    begin: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.begin


def fields(data: memoryview) -> Iterator[Field]:
    """Yields the fields in their order. Raises Malformed."""
    at, count = 0, 0
    while at < len(data):
        count += 1
        if count > _MOST_FIELDS:
            raise Malformed(f"a message of more than {_MOST_FIELDS} fields")
        start = at
        tag, at = _varint(data, at)
        number, kind = tag >> 3, tag & 7
        if number == 0:
            raise Malformed("a field with the number 0")
        begin = at
        if kind == _VARINT:
            _, end = _varint(data, at)
        elif kind == _FIXED64:
            end = at + 8
        elif kind == _FIXED32:
            end = at + 4
        elif kind == BYTES:
            size, begin = _varint(data, at)
            end = begin + size
        else:
            raise Malformed(f"a field of the kind {kind}")
        if end > len(data):
            raise Malformed("a field that ends beyond its message")
        at = end
        yield Field(number, kind, start, begin, end)


def single(data: memoryview) -> dict[int, Field]:
    """The fields by their numbers. Raises Malformed also where a field of bytes comes twice:
    protobuf would merge them, one by one.
    """
    found: dict[int, Field] = {}
    for field in fields(data):
        if field.kind == BYTES and field.number in found:
            raise Malformed(f"field {field.number} comes twice")
        found[field.number] = field
    return found


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    number = 0
    for shift, byte in enumerate(data[at : at + _VARINT_BYTES]):
        number |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            return number, at + shift + 1
    raise Malformed("a number that does not end")
