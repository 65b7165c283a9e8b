"""Requests on their way in: few at a time, as large as they may be, and none for long."""

from __future__ import annotations

import asyncio
from typing import Final

from cloche.contract.status import Reason

from cloche_server.front.budget import MemoryBudget
from cloche_server.front.refusal import Refusal
from cloche_server.front.rpc import Rpc, given_up_freely
from cloche_server.front.transfers import Pace, Transfers

# gRPC holds what has come of a message until it is whole, and says nothing before: each counts as
# the largest, and all together as half of the budget at most.
_SHARE: Final = 2
_MOST: Final = 32
# Most requests come in one piece, and need no place: who sends nothing keeps them from nothing. One
# that does not may be ended for others' sake soon.
_AT_ONCE_S: Final = 0.05
_PACE: Final = Pace(window_s=10.0, grace_s=0.1)


class Reading:
    """Reads messages that come before anything is done for their caller."""

    def __init__(self, request_max_bytes: int, budget: MemoryBudget) -> None:
        self._request_max_bytes = request_max_bytes
        self._budget = budget
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
        reading = given_up_freely(rpc.read())
        await asyncio.wait({reading}, timeout=_AT_ONCE_S)
        if reading.done():
            message: bytes | None = reading.result()
            return message
        most = self._request_max_bytes
        # What waits for a place may have more and more of its request here.
        tight = self._budget.is_tight()
        async with self._transfers.place("send its request", most, at_once=tight):
            with self._budget.held(most):
                return await asyncio.shield(reading)
        raise AssertionError("a transfer ended without a reason")
