"""Lines of JSON that each hold the SHA-256 of the line before: none can be changed, left out or put
in unnoticed, but for the last ones, of which nothing tells that they were there.

A file begins with an `opened` line that holds all that is to be known of the files before it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

#: What the very first line has for the line before it.
NO_LINE: Final = "0" * 64

_NAME: Final = re.compile(r"audit-(\d{6})\.jsonl")
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(dict[str, Any])

Fields = dict[str, Any]


class ChainFault(Exception):
    """A line that is not what follows; the message says which, and what is wrong."""


def digest(line: bytes) -> str:
    """Of a line without its end."""
    return hashlib.sha256(line).hexdigest()


def line_of(fields: Fields, *, number: int, time: float, before: str) -> bytes:
    """A line without its end."""
    return _encoder.encode({"number": number, "time": round(time, 6), "before": before, **fields})


def parse(line: bytes, where: str) -> Fields:
    """Raises ChainFault."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ChainFault(f"{where} is no JSON object") from None


def files_of(folder: Path) -> list[Path]:
    """The log's files, the oldest first."""
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def file_name(number: int) -> str:
    return f"audit-{number:06d}.jsonl"


def number_of(path: Path) -> int:
    match = _NAME.fullmatch(path.name)
    assert match is not None  # noqa: S101  # `files_of` gave it
    return int(match[1])


def lines_of(path: Path) -> Iterator[tuple[bytes, bool]]:
    """Each line without its end, and whether it has one: the last one may be half written."""
    with path.open("rb") as file:
        for line in file:
            yield line.removesuffix(b"\n"), line.endswith(b"\n")
