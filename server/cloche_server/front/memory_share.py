"""Bound what all calls together may add to memory: a call waits until its share is free.

Each call's own limit is kept by its sandbox. The sum is kept here, before it starts: otherwise the
kernel would choose whom to kill.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cloche.contract.status import Reason

from cloche_server.refusal import Refusal

_RETRY_AFTER_S: Final = 1.0
_ASK_S: Final = 0.2
# So many that fit may go before one that does not yet.
_MOST_BEFORE: Final = 16


@dataclass(eq=False)
class _Waiting:
    size: int
    turn: asyncio.Future[None]
    # How many that came later have been served.
    before: int = 0


class MemoryShares:
    """Of `total_bytes`, first come, first served: a large call that waits does not keep small ones
    from what is free, and is not overtaken for ever.
    """

    def __init__(self, total_bytes: int) -> None:
        self._free = total_bytes
        self._total = total_bytes
        # Calls that may compute, and so come to an end.
        self._computing = 0
        self._waiting: list[_Waiting] = []
        # Of owners, those that wait included.
        self._of: Counter[str] = Counter()
        self._asked: list[Callable[[], object]] = []
        self._asking: asyncio.TimerHandle | None = None

    def while_waited_for(self, ask: Callable[[], object]) -> None:
        """Has `ask` called again and again while a call waits, to end what could end."""
        self._asked.append(ask)

    @property
    def total_bytes(self) -> int:
        return self._total

    @property
    def free_bytes(self) -> int:
        """Less than 0 where what computes nothing has more than was left."""
        return self._free

    def _charge(self, owner: str, by: int) -> None:
        self._of[owner] += by
        if not self._of[owner]:
            del self._of[owner]

    def _change(self, by: int, computing: int) -> None:
        self._free -= by
        self._computing += computing
        self._serve()

    def _fits(self, count: int) -> bool:
        """One may always compute: who does not compute may wait for it, and never give way."""
        return count <= self._free or not self._computing

    async def _take(self, count: int) -> None:
        entry = _Waiting(count, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        self._serve()
        if self._asking is None:
            self._ask()
        try:
            await entry.turn
        except asyncio.CancelledError:
            if entry in self._waiting:
                self._waiting.remove(entry)
                self._serve()
            elif not entry.turn.cancelled():
                self._change(-count, -1)
            raise

    def _ask(self) -> None:
        self._asking = None
        if self._waiting:
            for ask in self._asked:
                ask()
            self._asking = asyncio.get_running_loop().call_later(_ASK_S, self._ask)

    def _serve(self) -> None:
        while (entry := self._next()) is not None:
            first = self._waiting[0]
            first.before += entry is not first
            self._waiting.remove(entry)
            self._free -= entry.size
            self._computing += 1
            entry.turn.set_result(None)

    def _next(self) -> _Waiting | None:
        """Also forgets those that nobody waits for any more."""
        self._waiting = [each for each in self._waiting if not each.turn.done()]
        if not self._waiting or self._fits(self._waiting[0].size):
            return self._waiting[0] if self._waiting else None
        if self._waiting[0].before >= _MOST_BEFORE:
            return None
        return next((each for each in self._waiting if self._fits(each.size)), None)


class MemoryShare:
    """What one call takes; whoever made it ends it."""

    def __init__(
        self, shares: MemoryShares, *, owner: str = "", most_of_owner: int | None = None
    ) -> None:
        """
        Args:
            owner: the tenant.
            most_of_owner: what its calls together may have; None: all.
        """
        self._shares = shares
        self._owner = owner
        self._most_of_owner = most_of_owner
        self._bytes = 0
        self._computing = False

    @property
    def held_bytes(self) -> int:
        return self._bytes

    def hold(self, count: int) -> None:
        """Takes so much, and not more, at once: for what computes nothing, of which there is a most
        elsewhere. Its caller may be slow for long, and those that compute do not wait for that.
        """
        self._shares._charge(self._owner, count - self._bytes)
        self._shares._change(count - self._bytes, -1 if self._computing else 0)
        self._bytes, self._computing = count, False

    async def take(self, count: int) -> None:
        """Waits for so much in all, or for all there is, to compute with. Once.

        Raises:
            Refusal: its owner would have too much. It does not wait here, where it holds a slot.
        """
        shares = self._shares
        more = max(0, min(count, shares._total) - self._bytes)
        taken, most = shares._of[self._owner], self._most_of_owner
        if most is not None and taken + more > most:
            raise Refusal(
                Reason.BUSY,
                f"the calls of {self._owner} together may add {most} bytes, and {taken} are taken; "
                f"ask for less than {more}, or try again later",
                retry_after_s=_RETRY_AFTER_S,
            )
        shares._charge(self._owner, more)
        try:
            await shares._take(more)
        except BaseException:
            shares._charge(self._owner, -more)
            raise
        self._bytes += more
        self._computing = True

    def end(self) -> None:
        """Idempotent."""
        self.hold(0)
