"""Log lines about callers that were turned away, of which they cannot make many."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from cloche_server.front.text import one_line

_log = logging.getLogger("cloche.access")
_EVERY_S: Final = 1.0


class Failures:
    """Says the first at once, and what comes within a second after it as a number."""

    def __init__(
        self,
        told: Callable[[str, str, int], None] = lambda peer, why, others: None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args: told: what is logged, too: from where, why, and how many others before it."""
        self._told = told
        self._clock = clock
        self._said_at: float | None = None
        self._unsaid = 0

    def note(self, peer: str, why: str) -> None:
        """Args: why: never holds a token."""
        now = self._clock()
        if self._said_at is not None and now - self._said_at < _EVERY_S:
            self._unsaid += 1
            return
        self._told(one_line(peer), one_line(why), self._unsaid)
        more = f" (and {self._unsaid} others before it)" if self._unsaid else ""
        _log.warning("turned away %s: %s%s", one_line(peer), one_line(why), more)
        self._said_at, self._unsaid = now, 0
