"""The bytes of one value as they come: kept once, where its large part can stay."""

from __future__ import annotations

from typing import Any, Final

from cloche.wire import _ext, _measure
from cloche.wire._decode import decode

# No element needs more, and memory of this size or larger is allocated at multiples of it.
_ALIGNMENT: Final = 16
_LOOKED_AT_BYTES: Final = 1 << 12
_ELEMENTS: Final = frozenset({_ext.TENSOR, _ext.ARRAY})
_ITEMS: Final = frozenset({_ext.TUPLE, _ext.RECORD, _ext.RECORD_TUPLE})


class Incoming:
    """Grows with what comes, and commits no memory for what is only announced."""

    def __init__(self) -> None:
        self._lead = 0
        self._data = bytearray()

    def __len__(self) -> int:
        return len(self._data) - self._lead

    def add(self, piece: bytes | memoryview) -> None:
        if not self._data:
            self._lead = -_large_elements_at(piece[:_LOOKED_AT_BYTES]) % _ALIGNMENT
            self._data = bytearray(self._lead)
        self._data += piece

    def value(self) -> Any:
        """What the bytes hold; for one use. Raises WireError as `decode` does."""
        view = memoryview(self._data)[self._lead :]
        self._data = bytearray()
        return decode(view, adopt=True)


def _large_elements_at(beginning: bytes | memoryview) -> int:
    """Where the elements of the first large tensor or array begin, if that can be seen; else 0."""
    position, end = 0, len(beginning)
    while position < end:
        first = beginning[position]
        length = _measure.length_of(first)
        if length < 0:
            return 0
        if length == 0:
            width = {0xC7: 1, 0xC8: 2, 0xC9: 4, 0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4}.get(first)
            if width is None:
                return 0  # a long text or long bytes: what follows is not worth the search
            at = position + 1 + width
            size = int.from_bytes(beginning[position + 1 : at], "big")
            if first >= 0xDC:
                length = 1 + width
            elif at + 3 > end:
                return 0
            elif beginning[at] in _ELEMENTS and size >= _ext.APART_BYTES:
                return at + 3 + int.from_bytes(beginning[at + 1 : at + 3], "big")
            elif beginning[at] in _ITEMS:
                length = 2 + width
            else:
                length = 2 + width + size
        position += length
    return 0
