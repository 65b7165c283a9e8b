"""Represent a tenant's share of each model's queue and memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Share:
    """What a key has of a queue, and of what its calls take; None: no bound of its own."""

    weight: float = 1.0
    most_running: int | None = None
    most_waiting: int | None = None
    # Of what all its calls together may add to memory.
    most_memory_bytes: int | None = None


EQUAL: Final = Share()
