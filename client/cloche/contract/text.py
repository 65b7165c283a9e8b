"""Text from outside, made fit to show: a terminal must not obey what a server or a model wrote.

One rule decides: what Unicode calls printable passes, and what it does not is written as an escape.
So no control, no mark of direction, no separator of lines and nothing invisible gets through.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# What colours a text or rewrites the line it stands in harms nobody; what hides text does.
_COLOUR: Final = re.compile(r"\x1b\[[0-9;:]*m")
_HIDES: Final = frozenset({"8", "08"})
_EXTENDED: Final = ("38", "48", "58")
_LINE: Final = "\n\t"
_PRINTED: Final = "\n\t\r\b"
# Scripts and emoji join letters with these.
_JOINERS: Final = "\u200c\u200d"


def visible(text: str, longest: int | None = None) -> str:
    r"""Messages, names and notes: as escapes such as \x1b what is not printable; lines stay.

    Args:
        longest: cut after so many characters.
    """
    if longest is not None and len(text) > longest:
        text = text[: longest - 1] + "…"
    return _escaped(text, _LINE)


def one_line(text: str, longest: int) -> str:
    """The same on a single line, cut."""
    return visible(" ".join(text.split()))[:longest]


def printed(text: str) -> str:
    """What a technique prints, for a terminal: colours and rewritten lines stay, the rest shows."""
    shown, start = [], 0
    for match in _COLOUR.finditer(text):
        if not _hides(match[0]):
            shown += [_escaped(text[start : match.start()], _PRINTED), match[0]]
            start = match.end()
    shown.append(_escaped(text[start:], _PRINTED))
    return "".join(shown)


def in_json(text: str) -> str:
    """JSON text whose strings hold no controls: JSON lets some through that terminals obey."""
    if _is_shown(text, _LINE):
        return text
    return "".join(each if _passes(each, _LINE) else _json_escape(each) for each in text)


def _escaped(text: str, kept: str) -> str:
    if _is_shown(text, kept):
        return text
    return "".join(each if _passes(each, kept) else _escape(each) for each in text)


def _is_shown(text: str, kept: str) -> bool:
    """Whether nothing has to be escaped, for most texts in one step."""
    return text.isprintable() or all(_passes(each, kept) for each in set(text))


def _passes(letter: str, kept: str) -> bool:
    # Unicode's spaces of many widths are spaces, and not called printable.
    return (
        letter.isprintable()
        or letter in kept
        or letter in _JOINERS
        or unicodedata.category(letter) == "Zs"
    )


def _hides(colour: str) -> bool:
    numbers = re.split("[;:]", colour[2:-1])
    return not _HIDES.isdisjoint(numbers) and numbers[0] not in _EXTENDED


def _escape(letter: str) -> str:
    code = ord(letter)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(letter: str) -> str:
    halves = letter.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{halves[at : at + 4]}" for at in range(0, len(halves), 4))
