"""Bound what all calls together may add to memory: a call waits until its share is free.

Each call's own limit is kept by its sandbox. The sum is kept here, before it starts: otherwise the
kernel would choose whom to kill.
"""

from __future__ import annotations

import asyncio
from collections import deque


class MemoryShares:
    """Of `total_bytes`, first come, first served: no large call is overtaken for ever."""

    def __init__(self, total_bytes: int) -> None:
        self._free = total_bytes
        self._total = total_bytes
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def total_bytes(self) -> int:
        return self._total

    async def take(self, count: int) -> int:
        """Waits; returns what is to be given back, never more than there is."""
        share = min(count, self._total)
        if not self._waiting and share <= self._free:
            self._free -= share
            return share
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (share, turn)
        self._waiting.append(entry)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back(share)
            else:
                self._waiting.remove(entry)
                self._serve()
            raise
        return share

    def give_back(self, share: int) -> None:
        self._free += share
        self._serve()

    def _serve(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._free:
            share, turn = self._waiting.popleft()
            if not turn.done():
                self._free -= share
                turn.set_result(None)
