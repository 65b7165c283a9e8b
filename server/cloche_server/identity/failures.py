"""Log callers that were not let in, within a rate that they cannot raise."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final, TypeAlias

from cloche_server.fitting import one_line

_log = logging.getLogger("cloche.access")
_EVERY_S: Final = 1.0

#: Is called with from where, why, and how many others were not let in before that.
Rejected: TypeAlias = Callable[[str, str, int], None]


class Failures:
    """Says the first at once, and what comes within a second after it as a number."""

    def __init__(
        self,
        rejected: Rejected = lambda peer, why, others: None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args: rejected: is called with what is logged."""
        self._rejected = rejected
        self._clock = clock
        self._said_at: float | None = None
        self._unsaid = 0

    def note(self, peer: str, why: str) -> None:
        """Args: why: never holds a token."""
        now = self._clock()
        if self._said_at is not None and now - self._said_at < _EVERY_S:
            self._unsaid += 1
            return
        self._rejected(one_line(peer), one_line(why), self._unsaid)
        more = f" (and {self._unsaid} others before it)" if self._unsaid else ""
        _log.warning("turned away %s: %s%s", one_line(peer), one_line(why), more)
        self._said_at, self._unsaid = now, 0
