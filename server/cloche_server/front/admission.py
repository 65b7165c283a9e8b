"""Decide who may compute now, who waits, and who is told to come back.

A caller is a key of the fair queue: its tenant, or its connection, as gRPC names it, among all
from the same address. Whoever fills the queue makes its own calls wait, and those from elsewhere no
longer than one turn of each tenant or address that waits.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from cloche.contract.status import Reason

from cloche_server.front.fair_queue import FairQueue, Full, Place, Use
from cloche_server.front.peers import origin
from cloche_server.refusal import Refusal
from cloche_server.share import EQUAL, Share

_RETRY_AFTER_S: Final = 1.0
# A call that waits is told so first after this, and then again and again.
_TOLD_AFTER_S: Final = 0.5
_TOLD_EVERY_S: Final = 2.0
# The order is worked out for all that wait, so seldom that a long queue costs little.
_ORDER_S: Final = 0.5
# How much the last call says of how long calls take.
_LAST: Final = 0.2

_Turn: TypeAlias = "asyncio.Future[Slot]"


@dataclass(frozen=True)
class Wait:
    """Of a call in the queue: how many go before it, and for how long that will probably be."""

    ahead: int
    expected_s: float


class Admission:
    """At most `concurrent` calls compute and `queued` wait."""

    def __init__(
        self,
        *,
        concurrent: int,
        queued: int,
        shares: Callable[[str], Share] = lambda caller: EQUAL,
    ) -> None:
        self._concurrent = concurrent
        self._free = concurrent
        self._waiting: FairQueue[_Turn] = FairQueue(queued, group=origin, shares=shares)
        # Of the calls that were given slots lately.
        self._mean_s = 0.0
        self._order: Mapping[int, int] = {}
        self._ordered_at = -math.inf

    @property
    def computing(self) -> int:
        """Calls that have a slot."""
        return self._concurrent - self._free

    @property
    def waiting(self) -> int:
        """Calls that wait for one."""
        return len(self._waiting)

    def require_room(self, caller: str) -> None:
        """Raises Refusal(BUSY) when not even the queue has room: asked before a request is read."""
        if self._free and self._waiting.may_begin(caller):
            return
        try:
            self._waiting.require_room(caller)
        except Full:
            raise self._busy() from None

    async def slot(
        self,
        caller: str,
        *,
        within_s: float,
        admitted: bool = False,
        on_wait: Callable[[Wait], None] = lambda wait: None,
    ) -> Slot:
        """Waits for a slot; whoever gets it gives it back.

        Args:
            within_s: it is worth nothing later: the caller's own limit on its call.
            on_wait: told now and then, while it waits.
            admitted: its caller was told that it would be run, and has room however many wait.

        Raises:
            Refusal: as `require_room`; another caller's first call took the place; it is too late.
        """
        if self._free and not self._waiting and self._waiting.may_begin(caller):
            self._free -= 1
            return Slot(self, self._waiting.begin(caller))
        turn: _Turn = asyncio.get_running_loop().create_future()
        try:
            place, put_out = self._waiting.push(caller, turn, kept=admitted)
        except Full:
            raise self._busy() from None
        if put_out is not None and not put_out.done():
            put_out.set_exception(self._put_out())
        self._serve()
        try:
            async with asyncio.timeout(within_s):
                return await self._served(turn, place, on_wait)
        except TimeoutError:
            self._give_up(turn)
            raise _too_late(within_s) from None
        except asyncio.CancelledError:
            self._give_up(turn)
            raise
        finally:
            self._waiting.remove(place)

    async def _served(
        self, turn: _Turn, place: Place[_Turn], on_wait: Callable[[Wait], None]
    ) -> Slot:
        pause_s = _TOLD_AFTER_S
        while not (await asyncio.wait({turn}, timeout=pause_s))[0]:
            on_wait(self._wait_of(place))
            pause_s = _TOLD_EVERY_S
        return turn.result()

    def _wait_of(self, place: Place[_Turn]) -> Wait:
        now = asyncio.get_running_loop().time()
        if now - self._ordered_at > _ORDER_S or place.number not in self._order:
            self._order = self._waiting.order(each_s=self._mean_s)
            self._ordered_at = now
        ahead = self._order[place.number]
        return Wait(ahead, (ahead + 1) * self._mean_s / self._concurrent)

    def _give_up(self, turn: _Turn) -> None:
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            turn.result().give_back()  # it came too late

    def _release(self, use: Use) -> None:
        used_s = self._waiting.end(use)
        self._mean_s += (used_s - self._mean_s) * (_LAST if self._mean_s else 1.0)
        self._free += 1
        self._serve()

    def _serve(self) -> None:
        while self._free and (place := self._waiting.next()) is not None:
            # Begun before it leaves the queue: a caller that is never idle is never forgotten.
            if not place.item.done():
                self._free -= 1
                place.item.set_result(Slot(self, self._waiting.begin(place.key)))
            self._waiting.remove(place)

    def _busy(self) -> Refusal:
        return Refusal(
            Reason.BUSY,
            f"{self._concurrent} calls run and {self._waiting.counted} wait; try again later",
            retry_after_s=_RETRY_AFTER_S,
        )

    def _put_out(self) -> Refusal:
        return Refusal(
            Reason.BUSY,
            f"{self._concurrent} calls run, the queue is full, and the place was needed for a "
            "caller that had fewer calls waiting; try again later",
            retry_after_s=_RETRY_AFTER_S,
        )


class Slot:
    """The right to compute."""

    def __init__(self, admission: Admission, use: Use) -> None:
        self._admission = admission
        self._use = use

    def give_back(self) -> None:
        """Idempotent."""
        if not self._use.ended:
            self._admission._release(self._use)


def _too_late(within_s: float) -> Refusal:
    return Refusal(
        Reason.BUSY,
        f"the call waited for {within_s:g} s, its own timeout, and was not started; try again "
        "later, or with a longer timeout",
        retry_after_s=_RETRY_AFTER_S,
    )
