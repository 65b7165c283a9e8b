"""What an outcome counts as, by the tables of reasons."""

from __future__ import annotations

import re
from typing import Final

from cloche_server.walls.language.tables.modules import IMPORT_HINTS
from cloche_server.walls.language.tables.refused import REFUSALS

from .run import Outcome
from .table import DIFFERENCES, REASONS

#: Whatever a row of the refused tables says is a reason.
_ROWS: Final = frozenset(row.why for row in REFUSALS) | frozenset(IMPORT_HINTS.values())


def verdict(outcome: Outcome) -> tuple[str, str]:
    """Its kind, and why.

    The kinds are same, refused (for a listed reason), listed (another way, for a listed reason)
    and left out; and different and unlisted, which are bugs.
    """
    if outcome.kind in ("same", "left out"):
        return outcome.kind, ""
    for pattern, reason in DIFFERENCES:
        if re.search(pattern, outcome.name):
            return "listed", reason
    for pattern, reason in REASONS:
        if re.search(pattern, outcome.walled):
            return "refused", reason
    for why in _ROWS:
        if f"refused: {why}" in outcome.walled:
            return "refused", why
    return ("unlisted" if outcome.kind == "refused" else outcome.kind), ""
