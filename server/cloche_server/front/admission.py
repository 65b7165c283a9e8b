"""Who may run now, who waits, and who is told to come back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from cloche.status import Reason

from cloche_server.front.refusal import Refusal

_RETRY_AFTER_S = 1.0


class Admission:
    """At most `concurrent` calls run and `queued` wait, first come, first served."""

    def __init__(self, *, concurrent: int, queued: int) -> None:
        self._places = asyncio.Semaphore(concurrent)
        self._concurrent = concurrent
        self._queued = queued
        self._waiting = 0

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Raises Refusal(BUSY) when even the queue is full."""
        if self._places.locked() and self._waiting >= self._queued:
            raise Refusal(
                Reason.BUSY,
                f"{self._concurrent} calls run and {self._waiting} wait; try again later",
                retry_after_s=_RETRY_AFTER_S,
            )
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()


class Unread:
    """Answers that lie in the front because their callers have not taken them yet.

    Nobody can be made to read, and gRPC cannot be told to hang up on one caller: so what lies here
    is counted, and beyond `most_bytes` no further call is taken.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0

    def require_room(self) -> None:
        """Raises Refusal(BUSY)."""
        if self._bytes >= self._most_bytes:
            raise Refusal(
                Reason.BUSY,
                f"{self._bytes} bytes of answers lie unread; try again when they have been taken",
                retry_after_s=_RETRY_AFTER_S,
            )

    def add(self, count: int) -> None:
        self._bytes += count

    def remove(self, count: int) -> None:
        self._bytes -= count
