"""Who may compute now, who waits, and who is told to come back."""

from __future__ import annotations

import asyncio

from cloche.status import Reason

from cloche_server.front.refusal import Refusal

_RETRY_AFTER_S = 1.0


class Admission:
    """At most `concurrent` calls compute and `queued` wait, first come, first served."""

    def __init__(self, *, concurrent: int, queued: int) -> None:
        self._slots = asyncio.Semaphore(concurrent)
        self._concurrent = concurrent
        self._queued = queued
        self._waiting = 0

    def require_room(self) -> None:
        """Raises Refusal(BUSY) when even the queue is full: asked before a request is read."""
        if self._slots.locked() and self._waiting >= self._queued:
            raise Refusal(
                Reason.BUSY,
                f"{self._concurrent} calls run and {self._waiting} wait; try again later",
                retry_after_s=_RETRY_AFTER_S,
            )

    async def slot(self, *, admitted: bool = False) -> Slot:
        """Waits for a slot; whoever gets it gives it back.

        Args:
            admitted: its caller was told that it would get one, and waits however many do.

        Raises:
            Refusal: as `require_room`.
        """
        if not admitted:
            self.require_room()
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        return Slot(self._slots)


class Slot:
    """The right to compute."""

    def __init__(self, slots: asyncio.Semaphore) -> None:
        self._slots: asyncio.Semaphore | None = slots

    def give_back(self) -> None:
        """Idempotent."""
        if self._slots is not None:
            self._slots.release()
            self._slots = None
