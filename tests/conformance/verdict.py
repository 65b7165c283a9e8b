"""What an outcome counts as, by the tables of reasons."""

from __future__ import annotations

import re

from .run import Outcome
from .table import DIFFERENCES, REASONS


def verdict(outcome: Outcome) -> tuple[str, str]:
    """Its kind, and why: same, refused, listed, left out; or different or unlisted, which are bugs."""
    if outcome.kind in ("same", "left out"):
        return outcome.kind, ""
    for pattern, reason in DIFFERENCES:
        if re.search(pattern, outcome.name):
            return "listed", reason
    if outcome.kind == "refused":
        for pattern, reason in REASONS:
            if re.search(pattern, outcome.walled):
                return "refused", reason
        return "unlisted", ""
    return outcome.kind, ""
