"""Words for refusals. Nothing here asks an object about itself: objects lie, and may run code."""

from __future__ import annotations

from ..slots import class_name


def describe(value: object) -> str:
    return f"a '{class_name(type(value))}'"
