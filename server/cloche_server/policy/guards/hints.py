"""Words for refusals. Nothing here asks an object about itself: objects lie, and may run code."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

from ..slots import class_name

SEE_POLICY: Final = "docs/policy.md lists what is allowed"


def describe(value: object) -> str:
    return f"a '{class_name(type(value))}'"


def closest(name: str, known: Iterable[str]) -> str:
    """A hint that names the nearest allowed member, or none."""
    public = [each for each in known if not each.startswith("_")]
    near = difflib.get_close_matches(name, public, n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else SEE_POLICY
