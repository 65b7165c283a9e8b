"""Make text and numbers of sandboxes and callers fit for a log's line, a trailer, the wire."""

from __future__ import annotations

from typing import Final

_CUT: Final = "…"
_ESCAPED_BYTES: Final = 3  # as %0A


def one_line(text: str, longest: int = 200) -> str:
    """For a log: no line can be begun, and no terminal told anything, by what is written there."""
    shown = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text[:longest]
    )
    return shown if len(text) <= longest else shown + _CUT


def fit(text: str, most_bytes: int) -> str:
    """Cut so that it takes at most `most_bytes` as UTF-8."""
    data = text.encode("utf-8", "replace")
    if len(data) <= most_bytes:
        return text
    return data[: most_bytes - len(_CUT.encode())].decode(errors="ignore") + _CUT


def fit_header(text: str, most_bytes: int) -> str:
    """Cut so that it takes at most `most_bytes` in grpc-message, where a byte that is not printable
    ASCII takes three.
    """
    taken = 0
    room = most_bytes - _header_bytes(_CUT)
    kept = len(text)
    for index, letter in enumerate(text):
        taken += _header_bytes(letter)
        if taken > room:
            kept = min(kept, index)
        if taken > most_bytes:
            return text[:kept] + _CUT
    return text


def _header_bytes(text: str) -> int:
    return sum(
        1 if 0x20 <= byte <= 0x7E and byte != ord("%") else _ESCAPED_BYTES
        for byte in text.encode("utf-8", "replace")
    )


def natural(number: int) -> int:
    """A sandbox may claim any number; the wire takes 32 bits and no sign."""
    return min(max(number, 0), 0xFFFF_FFFF)
