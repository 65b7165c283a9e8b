"""Bound what all calls together may add to memory: a call waits until its share is free.

Each call's own limit is kept by its sandbox. The sum is kept here, before it starts: otherwise the
kernel would choose whom to kill.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from typing import Final

from cloche.status import Reason

from cloche_server.front.refusal import Refusal

_RETRY_AFTER_S: Final = 1.0


class MemoryShares:
    """Of `total_bytes`, first come, first served: no large call is overtaken for ever."""

    def __init__(self, total_bytes: int) -> None:
        self._free = total_bytes
        self._total = total_bytes
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        # Of tenants, those that wait included.
        self._of: Counter[str] = Counter()

    async def take(self, count: int, *, owner: str = "", most: int | None = None) -> int:
        """Waits; returns what is to be given back, never more than there is.

        Args:
            owner: the tenant.
            most: what its calls together may have; None: all.

        Raises:
            Refusal: they would have more. It does not wait here, where it would hold a slot.
        """
        share = min(count, self._total)
        if most is not None and self._of[owner] + share > most:
            raise Refusal(
                Reason.BUSY,
                f"the calls of {owner} together may add {most} bytes, and {self._of[owner]} are "
                f"taken; ask for less than {share}, or try again later",
                retry_after_s=_RETRY_AFTER_S,
            )
        self._of[owner] += share
        try:
            await self._take(share)
        except BaseException:
            self._forget(owner, share)
            raise
        return share

    def give_back(self, share: int, owner: str = "") -> None:
        """Args: owner: as in `take`."""
        self._forget(owner, share)
        self._free_up(share)

    def _forget(self, owner: str, share: int) -> None:
        self._of[owner] -= share
        if not self._of[owner]:
            del self._of[owner]

    async def _take(self, share: int) -> None:
        if not self._waiting and share <= self._free:
            self._free -= share
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (share, turn)
        self._waiting.append(entry)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._free_up(share)
            else:
                self._waiting.remove(entry)
                self._serve()
            raise

    def _free_up(self, share: int) -> None:
        self._free += share
        self._serve()

    def _serve(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._free:
            share, turn = self._waiting.popleft()
            if not turn.done():
                self._free -= share
                turn.set_result(None)
