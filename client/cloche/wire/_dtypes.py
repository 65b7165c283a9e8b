"""The element types that may travel, by their name on the wire."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import msgpack
import numpy as np

#: The bytes of the header that follows.
HEADER_LENGTH = struct.Struct(">H")


@dataclass(frozen=True)
class DType:
    """One element type: its size in bytes and how numpy and torch call it, where they know it."""

    name: str
    itemsize: int
    numpy: str | None
    torch: str | None


_ROWS = (
    DType("bool", 1, "bool", "bool"),
    DType("uint8", 1, "uint8", "uint8"),
    DType("uint16", 2, "uint16", "uint16"),
    DType("uint32", 4, "uint32", "uint32"),
    DType("uint64", 8, "uint64", "uint64"),
    DType("int8", 1, "int8", "int8"),
    DType("int16", 2, "int16", "int16"),
    DType("int32", 4, "int32", "int32"),
    DType("int64", 8, "int64", "int64"),
    DType("float16", 2, "float16", "float16"),
    DType("float32", 4, "float32", "float32"),
    DType("float64", 8, "float64", "float64"),
    DType("complex64", 8, "complex64", "complex64"),
    DType("complex128", 16, "complex128", "complex128"),
    DType("bfloat16", 2, None, "bfloat16"),
    DType("float8_e4m3fn", 1, None, "float8_e4m3fn"),
    DType("float8_e4m3fnuz", 1, None, "float8_e4m3fnuz"),
    DType("float8_e5m2", 1, None, "float8_e5m2"),
    DType("float8_e5m2fnuz", 1, None, "float8_e5m2fnuz"),
)

DTYPES = {row.name: row for row in _ROWS}


def elements_header(dtype: str, shape: Sequence[int]) -> bytes:
    """What stands before a tensor's, array's or scalar's elements."""
    fields: bytes = msgpack.packb([dtype, list(shape)])
    return HEADER_LENGTH.pack(len(fields)) + fields


def widen(raw: np.ndarray, name: str) -> np.ndarray:
    """Turns bytes of a type numpy lacks into float32, which holds each of its values exactly.

    Args:
        raw: uint8, [bytes].
        name: "bfloat16" or a float8 kind.

    Returns:
        float32, [elements].
    """
    if name == "bfloat16":
        return (raw.view("<u2").astype(np.uint32) << 16).view(np.float32)
    widened: np.ndarray = _FLOAT8[name][raw]
    return widened


def _float8_table(exponent_bits: int, mantissa_bits: int, bias: int, kind: str) -> np.ndarray:
    """All 256 values. Sources: Micikevicius et al. 2022; for "fnuz", Noune et al. 2022."""
    codes = np.arange(256)
    sign = np.where(codes & 0x80, -1.0, 1.0)
    exponent = (codes >> mantissa_bits) & ((1 << exponent_bits) - 1)
    mantissa = codes & ((1 << mantissa_bits) - 1)
    scale = 1 << mantissa_bits
    normal = np.ldexp(1 + mantissa / scale, exponent - bias)
    subnormal = np.ldexp(mantissa / scale, 1 - bias)
    values = sign * np.where(exponent == 0, subnormal, normal)
    if kind == "fn":  # no infinities: only the all-ones code is NaN
        values[(codes & 0x7F) == 0x7F] = np.nan
    elif kind == "fnuz":  # no infinities, no negative zero: its code is the NaN
        values[codes == 0x80] = np.nan
    else:  # IEEE-like
        top = exponent == (1 << exponent_bits) - 1
        values[top] = np.where(mantissa[top] == 0, sign[top] * np.inf, np.nan)
    return values.astype(np.float32)


_FLOAT8 = {
    "float8_e4m3fn": _float8_table(4, 3, 7, "fn"),
    "float8_e4m3fnuz": _float8_table(4, 3, 8, "fnuz"),
    "float8_e5m2": _float8_table(5, 2, 15, "ieee"),
    "float8_e5m2fnuz": _float8_table(5, 2, 16, "fnuz"),
}
