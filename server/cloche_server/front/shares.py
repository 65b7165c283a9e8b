"""Charge keys for the seconds that they use, and say which has used least.

The order is that of virtual token counters (Sheng et al., OSDI 2024), with measured seconds for
tokens: a key's use counts while it goes on, and one that comes anew starts at the least that any
other has used, so nobody saves up turns. A key of weight 3 is charged a third of its seconds, and
so gets three where another gets one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from cloche_server.share import EQUAL, Share

# Keys that neither wait nor use are remembered while they have used more than others.
_MOST_IDLE: Final = 1024


@dataclass(eq=False)
class Account:
    """What one key has used, and what it waits for."""

    share: Share = EQUAL
    # Of a second's use a key of weight 1 is charged all.
    used_s: float = 0.0
    waiting: int = 0
    # Of what waits, what counts against the queue's length.
    counted: int = 0
    # Of the uses that go on: how many, and the sum of when they began.
    running: int = 0
    since_s: float = 0.0
    # When it came or had its last turn, in turns: of two that have used alike, the earlier is next.
    turn: int = 0

    @property
    def active(self) -> bool:
        return bool(self.waiting or self.running)

    @property
    def may_run(self) -> bool:
        most = self.share.most_running
        return most is None or self.running < most

    def used(self, now: float) -> float:
        return self.used_s + (self.running * now - self.since_s) / self.share.weight

    def enters(self, *, counted: bool) -> None:
        self.waiting += 1
        self.counted += counted

    def leaves(self, *, counted: bool) -> None:
        self.waiting -= 1
        self.counted -= counted

    def begins(self, since_s: float, turn: int) -> None:
        self.running += 1
        self.since_s += since_s
        self.turn = turn

    def ends(self, since_s: float, now: float) -> None:
        self.running -= 1
        self.since_s -= since_s
        self.used_s += (now - since_s) / self.share.weight


A = TypeVar("A", bound=Account)


class Shares(Generic[A]):
    """Accounts that share one thing alike."""

    def __init__(self, make: Callable[[], A], clock: Callable[[], float]) -> None:
        self._make = make
        self._clock = clock
        self._accounts: dict[str, A] = {}

    def __iter__(self) -> Iterator[A]:
        return iter(self._accounts.values())

    def __len__(self) -> int:
        return len(self._accounts)

    def get(self, key: str) -> A | None:
        return self._accounts.get(key)

    def entered(self, key: str, turn: int, share: Share = EQUAL) -> A:
        """The key's account, which becomes active now."""
        account = self._accounts.get(key)
        if account is None:
            account = self._accounts[key] = self._make()
        if not account.active:
            # What it uses is charged by one weight from its beginning to its end.
            account.share = share
            least = self._least()
            account.used_s = max(account.used_s, 0.0 if least is None else least)
            account.turn = turn
        return account

    def next(self) -> A | None:
        """Of those that wait and may use one thing more, the one that has used least."""
        now = self._clock()
        waiting = (each for each in self if each.waiting and each.may_run)
        return min(waiting, key=lambda each: (each.used(now), each.turn), default=None)

    def forget(self) -> None:
        """Drops accounts that would start where newcomers do, and the least of too many."""
        least = self._least()
        if least is None:
            self._accounts.clear()
            return
        idle = [(each.used_s, key) for key, each in self._accounts.items() if not each.active]
        beyond = len(idle) - _MOST_IDLE
        for number, (used_s, key) in enumerate(sorted(idle)):
            if used_s <= least or number < beyond:
                del self._accounts[key]

    def _least(self) -> float | None:
        now = self._clock()
        return min((each.used(now) for each in self if each.active), default=None)
