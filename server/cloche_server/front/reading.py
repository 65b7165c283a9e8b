"""Requests on their way in: few at a time, as large as they may be, and none for long."""

from __future__ import annotations

import asyncio
from typing import Final

from cloche.contract.status import Reason

from cloche_server.front.budget import MemoryBudget
from cloche_server.front.resident import Resident
from cloche_server.front.rpc import Rpc, given_up_freely
from cloche_server.front.transfers import Pace, Transfers
from cloche_server.refusal import Refusal

# gRPC holds what has come of a message until it is whole, and says nothing before: each counts as
# the largest, and all together as half of the budget at most.
_SHARE: Final = 2
_MOST: Final = 32
# Where memory is tight, one more is begun only beside so few.
_MOST_WHEN_TIGHT: Final = 8
# Most requests come in one piece, and need no place: who sends nothing keeps them from nothing. One
# that does not may be ended for others' sake soon.
_AT_ONCE_S: Final = 0.05
_PACE: Final = Pace(window_s=10.0, grace_s=0.1)
_RETRY_AFTER_S: Final = 1.0


class Reading:
    """Reads messages that come before anything is done for their caller."""

    def __init__(self, request_max_bytes: int, budget: MemoryBudget, resident: Resident) -> None:
        self._request_max_bytes = request_max_bytes
        self._budget = budget
        self._resident = resident
        # Begun and not whole, also those whose callers have been refused and not gone yet.
        self._begun = 0
        most_bytes = budget.most_bytes // _SHARE
        self._transfers = Transfers(most=_MOST, most_bytes=most_bytes, pace=_PACE)

    async def request(self, rpc: Rpc) -> bytes:
        """Raises Refusal where none comes, or not in time."""
        raw = await self.message(rpc)
        if raw is None:
            raise Refusal(Reason.REQUEST, "the request is missing")
        return raw

    async def message(self, rpc: Rpc) -> bytes | None:
        """None where there is no further one. Raises Refusal where it does not come in time."""
        self._require_room()
        reading = given_up_freely(rpc.read())
        self._begun += 1
        reading.add_done_callback(self._ended)
        await asyncio.wait({reading}, timeout=_AT_ONCE_S)
        if reading.done():
            message: bytes | None = reading.result()
            return message
        most = self._request_max_bytes
        # What waited for a place would have more and more of its request here.
        async with self._transfers.place("send its request", most, at_once=True):
            with self._budget.held(most):
                return await asyncio.shield(reading)
        raise AssertionError("a transfer ended without a reason")

    def _require_room(self) -> None:
        if self._begun >= _MOST_WHEN_TIGHT and self._resident.is_tight():
            text = f"{self._begun} requests are on their way and memory is short; try again later"
            raise Refusal(Reason.BUSY, text, retry_after_s=_RETRY_AFTER_S)

    def _ended(self, _: asyncio.Future[bytes | None]) -> None:
        self._begun -= 1
