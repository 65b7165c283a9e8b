"""Text from outside, made fit to show: a terminal must not obey what a server or a model wrote."""

from __future__ import annotations

import re

# Controls (but tab and newline), overrides of the writing direction, halves of characters.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# The same with what colours a text or rewrites the line it stands in, which harm nobody.
_UNSAFE_PRINTED = re.compile(
    r"(?P<kept>\x1b\[[0-9;:]*m|[\r\b])"
    "|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""Messages, names and notes: controls as escapes such as \x1b; lines and tabs stay."""
    return _UNSAFE.sub(_escape, text)


def one_line(text: str, longest: int) -> str:
    """The same on a single line, cut."""
    return visible(" ".join(text.split()))[:longest]


def printed(text: str) -> str:
    """What a technique prints, for a terminal: colours and rewritten lines stay, the rest shows."""
    return _UNSAFE_PRINTED.sub(lambda match: match["kept"] or _escape(match), text)


def in_json(text: str) -> str:
    """JSON text whose strings hold no controls: JSON lets some through that terminals obey."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
