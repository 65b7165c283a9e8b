"""Transfers from and to callers: bounded by number, by bytes, and by their progress.

A transfer computes nothing, so it has no slot; what it has is a place among few. Where more are
wanted than there are, those that would take longest from now on have to go: large ones that are
slow, and first of all those that do not move. Who waits is served by lot: of a crowd that comes
again and again neither the first nor the last has an advantage.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from cloche.contract.status import Reason

from cloche_server.refusal import Refusal

_RETRY_AFTER_S: Final = 1.0
_LOOK_S: Final = 0.05
# Longer than any healthy transfer takes: GiB at a few MB a second.
_VERY_LONG_S: Final = 300.0
# Of all that move, so many may be ended at once.
_SHARE: Final = 4


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast a transfer has to be: so many bytes, or what is left, in each so many seconds."""

    window_s: float = 10.0
    window_bytes: int = 1 << 20
    # How long it may stay whatever it does, although others wait.
    grace_s: float = 2.0


class Transfer:
    """One transfer that has its place; its user reports what moves."""

    def __init__(self, doing: str, size: int, pace: Pace) -> None:
        loop = asyncio.get_running_loop()
        self._time = loop.time
        self._doing = doing
        self.size = size
        self._pace = pace
        self._moved = 0
        self.began = self._window_began = loop.time()
        self._window_moved = 0
        self._paused_at: float | None = None
        self._end: Refusal | None = None
        self._over = False
        self._clock = asyncio.timeout_at(self._window_began + pace.window_s)

    def moved(self, count: int) -> None:
        """Reports progress."""
        self._moved += count
        self._window_moved += count
        if self._window_moved >= self._wanted():
            self._window_began, self._window_moved = self._time(), 0
            self._expect()

    def pause(self) -> None:
        """From now on it is not its caller that is waited for. Idempotent."""
        if self._paused_at is None:
            self._paused_at = self._time()
            self._expect()

    def resume(self) -> None:
        """The caller is waited for again. Idempotent."""
        if self._paused_at is not None:
            self._window_began += self._time() - max(self._paused_at, self._window_began)
            self._paused_at = None
            self._expect()

    def left_s(self, now: float) -> float:
        """How long it would take from now on, at the pace that it had; -1: it may not be ended."""
        age = now - self.began
        if self._paused_at is not None or self._end is not None or age < self._pace.grace_s:
            return -1.0
        return math.inf if not self._moved else (self.size - self._moved) * age / self._moved

    def evict(self) -> None:
        """Ends it for others' sake."""
        self._end = Refusal(
            Reason.BUSY,
            f"the caller did not {self._doing} fast enough while others waited; try again later",
            retry_after_s=_RETRY_AFTER_S,
        )
        if not self._clock.expired():
            self._clock.reschedule(self._time())

    def _wanted(self) -> int:
        """What has to move within the window: all that is left, if it is less than the pace."""
        return min(self._pace.window_bytes, self.size - self._moved + self._window_moved)

    def _expect(self) -> None:
        """Sets the clock, unless it has run out, was made to, or is no longer needed."""
        if self._end is None and not self._over and not self._clock.expired():
            paused = self._paused_at is not None
            end = None if paused else self._window_began + self._pace.window_s
            self._clock.reschedule(end)

    @contextlib.asynccontextmanager
    async def _bounded(self) -> AsyncIterator[None]:
        try:
            async with self._clock:
                yield
        except TimeoutError:
            raise self._end or self._too_slow() from None
        finally:
            self._over = True

    def _too_slow(self) -> Refusal:
        return Refusal(
            Reason.TIMEOUT,
            f"the caller did not {self._doing}: {self._window_moved} bytes moved in "
            f"{self._pace.window_s:g} s, where {self._wanted()} have to; {self._moved} of "
            f"{self.size} in all",
        )


class Transfers:
    """The places."""

    def __init__(
        self, *, most: int, most_bytes: int, pace: Pace | None = None, most_waiting: int = 1 << 16
    ) -> None:
        """Args: most_waiting: what waits may hold more than a place of its own."""
        self._most = most
        self._most_bytes = most_bytes
        self._pace = pace or Pace()
        self._moving: set[Transfer] = set()
        self._most_waiting = most_waiting
        self._waiting: list[_Waiting] = []
        self._looking: asyncio.TimerHandle | None = None

    @contextlib.asynccontextmanager
    async def place(
        self, doing: str, size: int, *, at_once: bool = False
    ) -> AsyncIterator[Transfer]:
        """Waits for a place, and holds it.

        Args:
            doing: what the caller is to do, as in "take its result".
            at_once: what waits would grow meanwhile: where no place is free, and nobody's can be
                had, it is refused.

        Raises:
            Refusal: no place came free, or the transfer was too slow, or had to go.
        """
        if at_once and not self._fits(size):
            if not self._evict(1):
                raise self._none_free()
            transfer = self._enter(doing, size)
        else:
            transfer = await self._placed(doing, size)
        try:
            async with transfer._bounded():
                yield transfer
        finally:
            self._leave(transfer)

    def end_long(self) -> int:
        """Ends those that would take very long from now on; returns how many."""
        return self._evict(len(self._moving), _VERY_LONG_S)

    async def _placed(self, doing: str, size: int) -> Transfer:
        if not self._waiting and self._fits(size):
            return self._enter(doing, size)
        if len(self._waiting) >= self._most_waiting:
            raise self._none_free()
        entry = _Waiting(doing, size, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        if self._looking is None:
            self._look()
        try:
            async with asyncio.timeout(self._pace.window_s):
                return await entry.place
        except BaseException as error:
            if entry in self._waiting:
                self._waiting.remove(entry)
            elif entry.place.done() and not entry.place.cancelled():
                self._leave(entry.place.result())  # it came too late
            if not isinstance(error, TimeoutError):
                raise
        raise self._none_free()

    def _none_free(self) -> Refusal:
        return Refusal(
            Reason.BUSY,
            f"{len(self._moving)} transfers from and to callers go on; try again later",
            retry_after_s=_RETRY_AFTER_S,
        )

    def _enter(self, doing: str, size: int) -> Transfer:
        transfer = Transfer(doing, size, self._pace)
        self._moving.add(transfer)
        return transfer

    def _leave(self, transfer: Transfer) -> None:
        self._moving.discard(transfer)
        self._serve()

    def _fits(self, size: int) -> bool:
        """Whether one more fits; a single one always does."""
        taken = sum(each.size for each in self._moving)
        return len(self._moving) < self._most and (not taken or taken + size <= self._most_bytes)

    def _serve(self) -> None:
        while self._waiting:
            drawn = random.randrange(len(self._waiting))  # noqa: S311  # no secret
            entry = self._waiting[drawn]
            if not entry.place.done():
                if not self._fits(entry.size):
                    return
                entry.place.set_result(self._enter(entry.doing, entry.size))
            self._waiting[drawn] = self._waiting[-1]
            self._waiting.pop()

    def _look(self) -> None:
        """While anybody waits: ends the transfers that would take longest."""
        self._looking = None
        self._serve()
        if not self._waiting:
            return
        self._evict(min(len(self._waiting), max(1, len(self._moving) // _SHARE)))
        self._looking = asyncio.get_running_loop().call_later(_LOOK_S, self._look)

    def _evict(self, count: int, from_s: float = 0.0) -> int:
        """Ends so many of those that would take longest; returns how many could be ended.

        Args:
            from_s: only those that would take so long.
        """
        now = asyncio.get_running_loop().time()
        left = {each: each.left_s(now) for each in self._moving}
        worst = sorted((each for each in left if left[each] >= from_s), key=left.__getitem__)[
            -count:
        ]
        for each in worst:
            each.evict()
        return len(worst)


@dataclass(frozen=True, eq=False)
class _Waiting:
    doing: str
    size: int
    place: asyncio.Future[Transfer]
