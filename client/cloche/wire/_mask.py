"""A run of numbers that is not sent: others stand in its place.

What is looked through is the encoding, while it is made: there nothing lies, nothing contains
itself, and what the value holds is left as it is. Of what has no run in it nothing is copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgpack
import numpy as np

from cloche.wire import _ext, _measure
from cloche.wire._dtypes import DTYPES, elements_header

#: Elements that are compared at once.
_BLOCK: Final = 1 << 20
_INTEGERS: Final = {
    name: np.dtype(row.numpy).newbyteorder("<")
    for name, row in DTYPES.items()
    if row.numpy and np.dtype(row.numpy).kind in "iu"
}
#: The bytes of a token of which the first one tells all; 0 for other tokens.
_LEAF: Final = [0 if 0x80 <= first < 0xA0 else _measure.length_of(first) for first in range(256)]


class Mask:
    """Numbers that are not sent in this order. Where they stand so, each becomes -1.

    All bits of -1 are set, in every width; in an unsigned type that is its highest number. So what
    is masked takes the bytes that it took before. A Mask shows nothing of its numbers.

    They are found side by side in lists and tuples, as ints or as numpy scalars, arrays and
    tensors without dimensions, all of one type; and in arrays and tensors of integers, along the
    last dimension. Sets and maps have no order, so only what is inside their items is looked at.
    """

    __slots__ = ("_count", "_elements", "_spellings")

    def __init__(self, numbers: Sequence[int]) -> None:
        """Args: numbers: each from 0 to 2^64-1. Raises ValueError if there is none."""
        if not numbers:
            raise ValueError("a mask needs at least one number")
        self._count = len(numbers)
        self._elements = {
            name: np.array(numbers, dtype)
            for name, dtype in _INTEGERS.items()
            if max(numbers) <= np.iinfo(dtype).max
        }
        #: Side by side in msgpack: as they are and as they are sent, of one length.
        self._spellings = [_ints(numbers)]
        for name, elements in self._elements.items():
            self._spellings += [
                _scalars(code, name, elements) for code in (_ext.SCALAR, _ext.ARRAY, _ext.TENSOR)
            ]

    def __repr__(self) -> str:
        return "<mask>"

    def items(self, data: bytes, *, ordered: bool) -> bytes:
        """Masks what stands side by side in a value's msgpack arrays, outside extensions.

        Args:
            data: one value, well-formed.
            ordered: whether the outermost array is a sequence; a set's is none.

        Returns:
            As many bytes as `data` has; `data` itself where nothing is masked.
        """
        if len(data) <= self._count:
            return data
        # A scalar tells its type, and all these types have this in their names.
        spellings = self._spellings if b"int" in data else self._spellings[:1]
        masked: bytearray | None = None
        for shown, sent in spellings:
            found = _found(shown, data)
            if not found:
                continue
            for position in _items(data, found, self._count, ordered):
                masked = masked or bytearray(data)
                masked[position : position + len(sent)] = sent
        return data if masked is None else bytes(masked)

    def elements(self, dtype: str, shape: tuple[int, ...], data: np.ndarray) -> np.ndarray:
        """Masks along the last dimension.

        Args:
            dtype: the elements' type by its name on the wire.
            shape: theirs, of any rank.
            data: uint8, [bytes], contiguous; the elements, little-endian.

        Returns:
            `data` itself where nothing is masked, else a copy.
        """
        wanted = self._elements.get(dtype)
        if wanted is None or not shape or shape[-1] < self._count:
            return data
        masked, width = data, wanted.itemsize
        for start in _starts(data.view(wanted.dtype), shape[-1], wanted):
            if masked is data:
                masked = data.copy()
            masked[start * width : (start + self._count) * width] = 0xFF
        return masked


def _ints(numbers: Sequence[int]) -> tuple[bytes, bytes]:
    shown = [msgpack.packb(number) for number in numbers]
    # -1 in as many bytes: 0xcc to 0xcf begin unsigned numbers, 0xd0 to 0xd3 signed ones.
    sent = [
        b"\xff" if len(each) == 1 else bytes((each[0] + 4,)).ljust(len(each), b"\xff")
        for each in shown
    ]
    return b"".join(shown), b"".join(sent)


def _scalars(code: int, dtype: str, elements: np.ndarray) -> tuple[bytes, bytes]:
    header = elements_header(dtype, ())

    def spell(raw: bytes) -> bytes:
        packed: bytes = msgpack.packb(msgpack.ExtType(code, header + raw))
        return packed

    shown = b"".join(spell(each.tobytes()) for each in elements)
    return shown, spell(b"\xff" * elements.itemsize) * len(elements)


def _starts(elements: np.ndarray, width: int, wanted: np.ndarray) -> Iterator[int]:
    """Where `wanted` begins in rows of `width` elements, also where one is over another."""
    for at in range(0, len(elements), _BLOCK):
        places = np.flatnonzero(elements[at : at + _BLOCK] == wanted[0]) + at
        places = places[places % width <= width - len(wanted)]
        for offset in range(1, len(wanted)):
            if not len(places):
                break
            places = places[elements[places + offset] == wanted[offset]]
        yield from places.tolist()


def _found(wanted: bytes, data: bytes) -> set[int]:
    """Wherever these bytes are, whatever they are there."""
    places = set()
    at = data.find(wanted)
    while at >= 0:
        places.add(at)
        at = data.find(wanted, at + 1)
    return places


def _items(data: bytes, places: set[int], count: int, ordered: bool) -> list[int]:
    """Those of the places at which an array's item begins that is followed by count - 1 others."""
    found = []
    position, left, in_array, last = 0, 1, False, max(places)
    outer: list[tuple[int, bool]] = []
    while position <= last:
        while not left:
            left, in_array = outer.pop()
        if position in places and in_array and left >= count:
            found.append(position)
        left -= 1
        length = _LEAF[data[position]]
        if not length:
            length, claim, is_array = _token(data, position)
            if claim:
                outer.append((left, in_array))
                left, in_array = claim, is_array and (ordered or position > 0)
        position += length
    return found


def _token(data: bytes, position: int) -> tuple[int, int, bool]:
    """A token's bytes, how many values it announces, and whether these are an array's.

    Of one that is in `_LEAF`, the first byte tells all.
    """
    first = data[position]
    if 0x80 <= first < 0x90:
        return 1, 2 * (first & 0x0F), False
    if 0x90 <= first < 0xA0:
        return 1, first & 0x0F, True
    if 0xD4 <= first <= 0xD8:  # extensions of 1, 2, 4, 8, 16 bytes
        return 2 + (1 << (first - 0xD4)), 0, False
    head = 1 + (1 << _measure.WIDTH[first])
    count = int.from_bytes(data[position + 1 : position + head], "big")
    if first >= 0xDE:
        return head, 2 * count, False
    if first >= 0xDC:
        return head, count, True
    return head + count + (0xC7 <= first <= 0xC9), 0, False
