"""Encodings to damage: valid values of every kind on the wire, and what a liar would write."""

from __future__ import annotations

import struct
from typing import Any

import msgpack
import numpy as np
import torch
from cloche.wire import encode
from cloche.wire._dtypes import DTYPES
from hypothesis import strategies as st

_scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=20)
    | st.binary(max_size=20)
    | st.datetimes(timezones=st.timezones())
)
_arrays = st.builds(
    lambda shape, dtype: np.zeros(shape, dtype),
    st.lists(st.integers(0, 3), max_size=4),
    st.sampled_from(["u1", "i8", "f2", "f4", "c16", "bool"]),
)
_tensors = st.builds(
    lambda shape, dtype: torch.zeros(shape, dtype=dtype),
    st.lists(st.integers(0, 3), max_size=4),
    st.sampled_from([torch.uint8, torch.bfloat16, torch.float8_e5m2, torch.complex64]),
)
values: st.SearchStrategy[Any] = st.recursive(
    _scalars | _arrays | _tensors | st.builds(np.float32, st.floats(width=32)),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.tuples(inner, inner)
        | st.dictionaries(_scalars, inner, max_size=4)
        | st.sets(st.integers() | st.text(max_size=3), max_size=4)
    ),
    max_leaves=15,
)

_counts = st.sampled_from([0, 1, 2, 15, 16, 255, 256, 65535, 65536, (1 << 31) - 1, (1 << 32) - 1])


@st.composite
def _headers(draw: st.DrawFn) -> bytes:
    """The beginning of some container, with a length of its own choosing."""
    first = draw(st.sampled_from([*range(0xC1, 0xCA), *range(0xD4, 0xE0), 0x8F, 0x9F, 0xBF]))
    return bytes([first]) + draw(_counts).to_bytes(4, "big")[draw(st.integers(0, 3)) :]


@st.composite
def _lying_arrays(draw: st.DrawFn) -> bytes:
    shape = draw(st.lists(st.integers(-1, 4) | st.sampled_from([1 << 31, 1 << 47]), max_size=70))
    dtype: object = draw(st.sampled_from([*DTYPES, "float33", "", 7]))
    header = msgpack.packb([dtype, shape])
    length = draw(st.sampled_from([len(header), 0, 65535]))
    payload = struct.pack(">H", length) + header + draw(st.binary(max_size=40))
    packed: bytes = msgpack.packb(msgpack.ExtType(draw(st.sampled_from([1, 2, 8])), payload))
    return packed


@st.composite
def _wrapped(draw: st.DrawFn, inner: st.SearchStrategy[bytes]) -> bytes:
    """Inside lists, maps and extensions, some of them many times over."""
    data = draw(inner)
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.integers(0, 4))
        if kind == 0:
            data = b"\x91" + data
        elif kind == 1:
            data = b"\x81\x01" + data
        elif kind == 2 and len(data) < 1 << 16:
            code = draw(st.sampled_from([3, 6, 7, 9]))
            data = msgpack.packb(msgpack.ExtType(code, b"\x91" + data))
        elif kind == 3 and len(data) < 1 << 8:
            count = draw(st.integers(1, 100))
            data = b"\xdd" + count.to_bytes(4, "big") + data * count
        else:
            data = b"\x91" * draw(st.integers(1, 600)) + data
    return data


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A valid encoding with a few bytes changed, cut, doubled or put in."""
    data = bytearray(draw(_wrapped(values.map(encode) | _lying_arrays() | _headers())))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        match draw(st.integers(0, 3)):
            case 0:
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case 1:
                del data[at : at + draw(st.integers(1, 8))]
            case 2:
                data[at:at] = draw(_headers())
            case 3:
                data += data[at : at + 64]
    return bytes(data)
