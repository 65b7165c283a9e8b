"""Looks at the names of options that a technique chose."""

from __future__ import annotations

from collections.abc import Iterable

from .diagnostics import AccessRefused


def exact_keys(options: Iterable[object]) -> None:
    """Refuses a name that is not exactly a str: it may hash as one now, and as another later.

    Raises:
        AccessRefused: one is of another class.
    """
    for key in options:
        if type(key) is not str:
            raise AccessRefused("an argument name must be exactly a str", code="argument-refused")
