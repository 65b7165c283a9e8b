"""`str.format`, with attributes read through the guard. Python's own reads whatever it is told."""

from __future__ import annotations

import _string  # type: ignore[import-not-found]  # what string.Formatter is made of
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Read = Callable[[Any, str], Any]
_NESTING = 2


def safe_format(read: Read, template: str, args: Sequence[Any], keywords: Mapping[str, Any]) -> str:
    """What `template.format(*args, **keywords)` gives. `read(obj, name)` reads an attribute."""
    text, _ = _expand(read, str.__str__(template), args, keywords, _NESTING, 0)
    return text


def _expand(
    read: Read,
    template: str,
    args: Sequence[Any],
    keywords: Mapping[str, Any],
    depth: int,
    auto: int | None,
) -> tuple[str, int | None]:
    """`auto` is the next automatic index, or None once fields are numbered by hand."""
    if depth < 0:
        raise ValueError("Max string recursion exceeded")
    parts: list[str] = []
    pieces: Iterable[tuple[str, str | None, str | None, str | None]]
    pieces = _string.formatter_parser(template)
    for literal, field, spec, conversion in pieces:
        parts.append(literal)
        if field is None:
            continue
        first, rest = _string.formatter_field_name_split(field)
        if first == "":
            if auto is None:
                raise ValueError(
                    "cannot switch from manual field specification to automatic field numbering"
                )
            first, auto = auto, auto + 1
        elif type(first) is int:
            if auto:
                raise ValueError(
                    "cannot switch from automatic field numbering to manual field specification"
                )
            auto = None
        value = args[first] if type(first) is int else keywords[first]
        for is_attribute, key in rest:
            value = read(value, key) if is_attribute else value[key]
        value = _convert(value, conversion)
        if spec:
            spec, auto = _expand(read, spec, args, keywords, depth - 1, auto)
        parts.append(format(value, spec or ""))
    return "".join(parts), auto


def _convert(value: Any, conversion: str | None) -> Any:
    match conversion:
        case None:
            return value
        case "s":
            return str(value)
        case "r":
            return repr(value)
        case "a":
            return ascii(value)
    raise ValueError(f"Unknown conversion specifier {conversion!r}")
