"""Measure the memory that a value takes once decoded, before any of it is built.

msgpack lets one byte stand for a list of 56, and a header claim more items than follow. So the
tokens are walked first, and what each becomes in Python is added up. The rule is in docs/wire.md.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Final

from cloche.contract.errors import WireError
from cloche.wire import _ext

#: What any value may take, and what it may take besides for each of its bytes.
FREE_BYTES: Final = 128 << 20
BYTES_PER_BYTE: Final = 8
#: So small that no bytes could break the limit: nothing but headers of three bytes, inside each
#: other and each claiming eight bytes for as many items as there are bytes, come to 45 million.
ALWAYS_SMALL: Final = 4096

# Upper bounds of what CPython, numpy and torch take on 64 bits, in bytes.
_SLOT, _NUMBER, _TEXT, _TEXT_BYTE, _BYTES = 8, 40, 80, 5, 40
_LIST, _MAP, _MAP_ENTRY, _SET_ITEM = 72, 176, 110, 120
_EXTENSION: Final = {
    _ext.TENSOR: 1536,
    _ext.ARRAY: 1280,
    _ext.SCALAR: 192,
    _ext.TUPLE: 160,
    _ext.SET: 320,
    _ext.FROZEN_SET: 320,
    _ext.RECORD: 640,
    _ext.RECORD_TUPLE: 800,
    _ext.NAMED: 512,
}
_EXTENSION_OTHER: Final = 128
#: msgpack's own stack, and what a call of Python takes.
_BASE: Final = 1 << 16
#: Elements are copied once, and widened to four bytes each by four steps at most.
_ELEMENT_BYTE: Final = 7
#: By the extension that holds them: what each of its items takes besides.
_ITEMS: Final = {
    _ext.TUPLE: _SLOT,
    _ext.SET: _SET_ITEM,
    _ext.FROZEN_SET: _SET_ITEM,
    _ext.RECORD: _SET_ITEM,  # half of them are names
    _ext.RECORD_TUPLE: _SET_ITEM,
    _ext.NAMED: _SLOT,
}
_ELEMENTS: Final = frozenset({_ext.TENSOR, _ext.ARRAY, _ext.SCALAR})

_UINT: Final = (
    struct.Struct(">B").unpack_from,
    struct.Struct(">H").unpack_from,
    struct.Struct(">I").unpack_from,
)
#: Of a token whose length follows its first byte: that length takes two to the power of this.
WIDTH: Final = {
    0xC4: 0, 0xC5: 1, 0xC6: 2, 0xC7: 0, 0xC8: 1, 0xC9: 2, 0xD9: 0, 0xDA: 1, 0xDB: 2,
    0xDC: 1, 0xDD: 2, 0xDE: 1, 0xDF: 2,
}  # fmt: skip
# By a token's first byte: its length, its cost and its number of items, where that byte tells.
# Length 0: a header with a length of its own follows; -1: no token.
_LENGTH = [0] * 256
_COST = [_SLOT] * 256
_CLAIM = [0] * 256


def _fill_tables() -> None:
    for first in (*range(0x80), *range(0xE0, 0x100), 0xC0, 0xC2, 0xC3):
        _LENGTH[first] = 1  # small ints, None and bools are shared
    for first, size in {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}.items():
        _LENGTH[first], _COST[first] = 1 + size, _SLOT + _NUMBER
    for first, size in {0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}.items():
        _LENGTH[first], _COST[first] = 1 + size, _SLOT + _NUMBER
    for size in range(32):
        _LENGTH[0xA0 + size] = 1 + size
        _COST[0xA0 + size] = _SLOT + _TEXT + _TEXT_BYTE * size
    for count in range(16):
        _LENGTH[0x90 + count], _LENGTH[0x80 + count] = 1, 1
        _COST[0x90 + count] = _SLOT + _LIST
        _COST[0x80 + count] = _SLOT + (_MAP if count else _LIST) + _MAP_ENTRY * count
        _CLAIM[0x90 + count], _CLAIM[0x80 + count] = count, 2 * count
    _LENGTH[0xC1] = -1


_fill_tables()
#: Runs of one kind of number, by its first byte: most of what is long is such a run.
_RUN: Final = {
    first: re.compile(b"(?:\\x%02x.{%d})++" % (first, _LENGTH[first] - 1), re.DOTALL).match
    for first in (*range(0xCA, 0xD0), *range(0xD0, 0xD4))
}


@dataclass(frozen=True)
class Apart:
    """An extension that is decoded where it lies: large elements, or what holds some."""

    start: int
    payload: int
    end: int
    code: int
    #: Bytes of large elements in it.
    elements: int
    #: Those inside it, their places counted from its payload.
    inner: tuple[Apart, ...] = ()


def check(data: bytes | memoryview, *, apart: int = 0) -> list[Apart]:
    """Refuses bytes whose value would take more than the limit, or that are cut short.

    Args:
        apart: bytes of elements that belong to the value and were left out of `data`.

    Returns:
        What is large, in order; nothing where `data` is small.

    Raises:
        WireError: says the limit, and at which byte it was passed.
    """
    if len(data) <= ALWAYS_SMALL:
        return []
    size = len(data) + apart
    budget = _MemoryBudget(FREE_BYTES + BYTES_PER_BYTE * size, size)
    budget.sum += _ELEMENT_BYTE * apart
    _walk(data, budget, 0)
    return budget.apart


def length_of(first: int) -> int:
    """A token's bytes, by its first; 0 where a length follows it, -1 for no token. An array's or
    map's items are tokens of their own.
    """
    return _LENGTH[first]


class _MemoryBudget:
    """What the tokens so far come to. Holds: one decode's sum and its limit, and what is large."""

    def __init__(self, limit: int, size: int) -> None:
        self.limit, self.size, self.sum = limit, size, _BASE
        self.apart: list[Apart] = []

    def over(self, position: int, depth: int) -> WireError:
        where = f"at byte {position}" + (" of an extension" if depth else "")
        return WireError(
            f"{self.size} bytes become more than {self.limit} bytes in memory ({where}): too many "
            "small parts; send numbers as an array or a tensor, and many texts as one"
        )


def _walk(data: bytes | memoryview, budget: _MemoryBudget, depth: int) -> int:
    """Adds one value's tokens to the budget. Returns the number of the outermost array's items."""
    if depth > _ext.MAX_EXT_DEPTH:
        raise WireError("nested too deep")
    lengths, costs, claims = _LENGTH, _COST, _CLAIM
    end, limit, total = len(data), budget.limit, budget.sum
    position, wanted, outermost = 0, 1, 0
    while wanted:
        # Each token that is still to come takes a byte at least.
        if wanted > end - position:
            raise WireError("not well-formed msgpack (the bytes end before the value does)")
        first = data[position]
        length = lengths[first]
        wanted += claims[first] - 1
        total += costs[first]
        if length <= 0:
            if length < 0:
                raise WireError(f"not well-formed msgpack (byte 0xc1 at {position})")
            budget.sum = total
            length, claim = _long(data, position, budget, depth)
            total = budget.sum
            wanted += claim
            outermost = outermost or claim
        if total > limit:
            raise budget.over(position, depth)
        outermost = outermost or claims[first]
        position += length
        if first in _RUN and position < end and data[position] == first:
            run = _RUN[first](data, position)
            count = min((run.end() - position) // length if run else 0, wanted)
            wanted -= count
            total += count * costs[first]
            position += count * length
    budget.sum = total
    if position > end:
        raise WireError("not well-formed msgpack (the bytes end before the value does)")
    if position < end:
        raise WireError("bytes are left over after the value")
    return outermost


def _long(
    data: bytes | memoryview, position: int, budget: _MemoryBudget, depth: int
) -> tuple[int, int]:
    """A token whose first byte is followed by a length. Returns its bytes and its claim."""
    first = data[position]
    if 0xD4 <= first <= 0xD8:  # extensions of 1, 2, 4, 8, 16 bytes
        size = 1 << (first - 0xD4)
        _extension(data, position, position + 1, size, budget, depth)
        return 2 + size, 0
    width = WIDTH[first]
    try:
        (count,) = _UINT[width](data, position + 1)
    except struct.error:
        raise WireError("not well-formed msgpack (the bytes end before the value does)") from None
    head = 1 + (1 << width)
    if first >= 0xDE:
        budget.sum += _MAP + _MAP_ENTRY * count
        return head, 2 * count
    if first >= 0xDC:
        budget.sum += _LIST
        return head, count
    if first >= 0xD9:
        budget.sum += _TEXT + _TEXT_BYTE * count
    elif first <= 0xC6:
        budget.sum += _BYTES + count
    else:
        _extension(data, position, position + head, count, budget, depth)
        head += 1
    return head + count, 0


def _extension(
    data: bytes | memoryview, start: int, at: int, size: int, budget: _MemoryBudget, depth: int
) -> None:
    """An extension of `size` bytes, whose header is at `start` and its code at `at`."""
    payload, end = at + 1, at + 1 + size
    if end > len(data):
        raise WireError("not well-formed msgpack (the bytes end before the value does)")
    code = data[at]
    if code == _ext.APART:
        raise WireError(f"extension {code} is not one of Cloche's")
    # The payload is copied out, whatever is in it; a number takes a little more than its bytes.
    budget.sum += _EXTENSION.get(code, _EXTENSION_OTHER)
    copied = size
    if code in _ELEMENTS:
        budget.sum += (_ELEMENT_BYTE - 3) * size
        if size >= _ext.APART_BYTES:
            budget.apart.append(Apart(start, payload, end, code, size))
    elif code in _ITEMS:
        outer, budget.apart = budget.apart, []
        items = _walk(memoryview(data)[payload:end], budget, depth + 1)
        budget.sum += items * _ITEMS[code]
        inner, budget.apart = tuple(budget.apart), outer
        if inner:
            elements = sum(part.elements for part in inner)
            budget.apart.append(Apart(start, payload, end, code, elements, inner))
            copied -= elements
    budget.sum += 3 * copied
    if budget.sum > budget.limit:
        raise budget.over(at, depth)
