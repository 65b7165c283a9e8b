"""Writes values.json, accepted.json and refused.json: python -m tests.vectors.make

Imports nothing of Cloche: the bytes come from reference.py, or stand here as they are.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from tests.vectors.damaged import refused
from tests.vectors.described import (
    CONTAINERS,
    NAN,
    OBJECTS,
    ONE,
    SCALARS,
    SHAPES,
    THREE,
    TWO,
    WIDENED,
    array,
    f64,
    integer,
    text,
    typed,
)
from tests.vectors.reference import Description, encode, nested

HERE = Path(__file__).parent


def values() -> list[dict[str, Any]]:
    """Both directions: an encoder writes these bytes, a decoder reads them."""
    described = {**SCALARS, **CONTAINERS, **OBJECTS, **typed(), **SHAPES}
    rows = [
        {"name": name, "value": value, "bytes": encode(value).hex()}
        for name, value in described.items()
    ]
    for dtype, codes in WIDENED.items():
        value = array("tensor", dtype, [len(codes)], "".join(codes))
        wide = [
            NAN if number is None else struct.pack("<f", number).hex() for number in codes.values()
        ]
        rows.append(
            {
                "name": f"tensor of {dtype}",
                "value": value,
                "bytes": encode(value).hex(),
                "as_float32": "".join(wide),
            }
        )
    return rows


def nested_description(count: int) -> Description:
    found = ONE
    for _ in range(count):
        found = {"tuple": [found]}
    return found


#: Other ways to write a value: a decoder reads them, an encoder need not write them.
ACCEPTED: list[tuple[str, Description, str]] = [
    ("an int in two bytes", ONE, "cc 01"),
    ("an int in nine bytes", ONE, "d3 0000000000000001"),
    ("an unsigned int in nine bytes", ONE, "cf 0000000000000001"),
    ("a negative int in nine bytes", integer(-1), "d3 ffffffffffffffff"),
    ("a float of 32 bits", f64(1.5), "ca 3fc00000"),
    ("a short text with a long header", text("a"), "db 00000001 61"),
    ("short bytes with a long header", {"bin": "61"}, "c5 0001 61"),
    ("a short list with a long header", {"list": [ONE]}, "dc 0001 01"),
    ("a short map with a long header", {"map": [[ONE, TWO]]}, "df 00000001 01 02"),
    ("a tuple with a longer header", {"tuple": [ONE]}, "c9 00000002 03 91 01"),
    ("a big int with bytes to spare", integer(2**64), "c7 0b 05 0000 010000000000000000"),
    ("a big int that is small", integer(-2), "d4 05 fe"),
    ("minus 2^71 in nine bytes", integer(-(2**71)), "c7 09 05 800000000000000000"),
    ("a set of three", {"set": [THREE, ONE, TWO]}, "d6 06 93 03 01 02"),
    ("a set that names an item twice", {"set": [ONE]}, "c7 03 06 92 01 01"),
    ("a map that names a key twice: the last holds", {"map": [[ONE, THREE]]}, "82 01 02 01 03"),
    ("a time of 96 bits that fits in 32", {"time": {"seconds": "0", "nanoseconds": 0}},
     "c7 0c ff 00000000 0000000000000000"),
    ("a header with bytes to spare", array("tensor", "uint8", [2], "0102"),
     "c7 0f 01 000b 92 a575696e7438 dc 0001 02 0102"),
    ("64 extensions inside each other", nested_description(64), nested(64).hex()),
]  # fmt: skip


def files() -> dict[str, str]:
    """Name of a file → its text."""
    accepted = [
        {"name": name, "value": value, "bytes": digits.replace(" ", "")}
        for name, value, digits in ACCEPTED
    ]
    malformed = [
        {"name": name, "reason": reason, "bytes": data.hex()}
        for name, (reason, data) in refused().items()
    ]
    found = {"values.json": values(), "accepted.json": accepted, "refused.json": malformed}
    return {name: _readable(rows) for name, rows in found.items()}


def _readable(rows: list[dict[str, Any]]) -> str:
    """JSON with one member a line, whatever it holds."""
    parts = (
        ",\n".join(
            f"    {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in row.items()
        )
        for row in rows
    )
    return "[\n" + ",\n".join("  {\n" + part + "\n  }" for part in parts) + "\n]\n"


if __name__ == "__main__":
    for file, content in files().items():
        (HERE / file).write_text(content, encoding="utf-8")
