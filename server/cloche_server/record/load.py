"""Represent what calls take now, for those who watch the server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Load:
    """Of one model: calls that compute and that wait, and sandboxes that are ready for one."""

    model: str
    computing: int
    waiting: int
    sandboxes_ready: int
