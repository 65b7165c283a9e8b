"""Choose whose turn is next: of the keys that wait, the one that has used least, in seconds.

A key is whoever shares one right: a tenant, or where there are none a connection. The order is that
of virtual token counters (Sheng et al., OSDI 2024), with measured seconds for tokens: a key's use
counts while it goes on, and one that comes anew starts at the least that any other has used, so
nobody saves up turns. A key of weight 3 is charged a third of its seconds, and so gets three where
another gets one.
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

# Keys that have nothing waiting find room beyond the queue's length, so many of them.
NEWCOMERS: Final = 1024
# Keys that neither wait nor use are remembered while they have used more than others.
_MOST_IDLE: Final = 1024


@dataclass(frozen=True, kw_only=True)
class Share:
    """What a key has of a queue, and of what its calls take; None: no bound of its own."""

    weight: float = 1.0
    most_running: int | None = None
    most_waiting: int | None = None
    # Of what all its calls together may add to memory.
    most_memory_bytes: int | None = None


EQUAL: Final = Share()


class Full(Exception):
    """No room for another item of this key."""


@dataclass(frozen=True, eq=False)
class Place(Generic[Item]):
    """An item in its queue."""

    key: str
    item: Item
    number: int
    # Neither counted nor put out.
    kept: bool


@dataclass(eq=False)
class Use:
    """Something that a key uses, until it is ended."""

    key: str
    since_s: float
    ended: bool = False


@dataclass(eq=False)
class _Account(Generic[Item]):
    share: Share = EQUAL
    # Of a second's use a key of weight 1 is charged all.
    used_s: float = 0.0
    places: deque[Place[Item]] = field(default_factory=deque)
    # Of them, those that are not kept.
    counted: int = 0
    # Of the uses that go on: how many, and the sum of when they began.
    running: int = 0
    since_s: float = 0.0

    @property
    def active(self) -> bool:
        return bool(self.places or self.running)

    @property
    def may_run(self) -> bool:
        most = self.share.most_running
        return most is None or self.running < most

    def used(self, now: float) -> float:
        return self.used_s + (self.running * now - self.since_s) / self.share.weight


class FairQueue(Generic[Item]):
    """A queue for each key. `begin` and `end` say what a key uses; `next` and `pop` heed it."""

    def __init__(
        self,
        most: int,
        *,
        shares: Callable[[str], Share] = lambda key: EQUAL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args: most: items that wait, of all keys; those of newcomers may be more."""
        self._most = most
        self._shares = shares
        self._clock = clock
        self._accounts: dict[str, _Account[Item]] = {}
        self._waiting = 0
        self._counted = 0
        self._number = 0

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return self._waiting > 0

    def __len__(self) -> int:
        """Items that wait."""
        return self._waiting

    @property
    def counted(self) -> int:
        """Items that wait, without those that are kept."""
        return self._counted

    def may_begin(self, key: str) -> bool:
        """Whether the key's own bound lets it use one thing more."""
        account = self._accounts.get(key)
        most = self._shares(key).most_running
        return most is None or account is None or account.running < most

    def require_room(self, key: str) -> None:
        """Raises Full where `push` would."""
        self._put_out_for(key)

    def push(self, key: str, item: Item, *, kept: bool = False) -> tuple[Place[Item], Item | None]:
        """Puts an item at the end of its key's queue.

        Args:
            kept: it has room whatever waits, and keeps it.

        Returns:
            Its place, and the item that had to leave for it: the last of the longest queue.

        Raises:
            Full: no other key has more waiting, and this one has something waiting already; or this
                one has as many waiting as it may.
        """
        left = None if kept else self._put_out_for(key)
        if left is not None:
            self.remove(left)
        self._number += 1
        place = Place(key, item, self._number, kept)
        account = self._entered(key)
        account.places.append(place)
        account.counted += not kept
        self._waiting += 1
        self._counted += not kept
        return place, None if left is None else left.item

    def next(self) -> Place[Item] | None:
        """Whose turn it is, of those that may use one thing more."""
        now = self._clock()
        accounts = self._accounts.values()
        waiting = [account for account in accounts if account.places and account.may_run]
        if not waiting:
            return None
        return min(waiting, key=lambda each: (each.used(now), each.places[0].number)).places[0]

    def order(self, *, each_s: float) -> Mapping[int, int]:
        """How many go before each place, by its number, if each item takes so many seconds and
        nobody else comes. Bounds on what a key may use at once are not foreseen.
        """
        now = self._clock()
        heap = [
            (account.used(now), account.places[0].number, 0, account)
            for account in self._accounts.values()
            if account.places
        ]
        heapq.heapify(heap)
        found: dict[int, int] = {}
        while heap:
            used, number, index, account = heapq.heappop(heap)
            found[number] = len(found)
            if index + 1 < len(account.places):
                later = account.places[index + 1].number
                used += each_s / account.share.weight
                heapq.heappush(heap, (used, later, index + 1, account))
        return found

    def remove(self, place: Place[Item]) -> bool:
        """Whether it was still there."""
        account = self._accounts.get(place.key)
        if account is None or place not in account.places:
            return False
        account.places.remove(place)
        account.counted -= not place.kept
        self._waiting -= 1
        self._counted -= not place.kept
        self._forget()
        return True

    def begin(self, key: str) -> Use:
        """From now on the key uses something."""
        account = self._entered(key)
        use = Use(key, self._clock())
        account.running += 1
        account.since_s += use.since_s
        return use

    def end(self, use: Use) -> float:
        """For how many seconds it went on. Idempotent: then 0."""
        if use.ended:
            return 0.0
        use.ended = True
        account = self._accounts[use.key]
        account.running -= 1
        account.since_s -= use.since_s
        used_s = self._clock() - use.since_s
        account.used_s += used_s / account.share.weight
        self._forget()
        return used_s

    def _put_out_for(self, key: str) -> Place[Item] | None:
        """The place that has to go for another of this key's; None: there is room. Raises Full."""
        own = self._accounts[key].counted if key in self._accounts else 0
        most_own = self._shares(key).most_waiting
        if most_own is not None and own >= most_own:
            raise Full
        if self._counted < self._most:
            return None
        longest = max(self._accounts.values(), key=lambda each: each.counted, default=None)
        if longest is not None and longest.counted > own + 1:
            return next(place for place in reversed(longest.places) if not place.kept)
        if own == 0 and self._most and self._counted < self._most + NEWCOMERS:
            return None
        raise Full

    def _entered(self, key: str) -> _Account[Item]:
        """The key's account, which is active now."""
        account = self._accounts.setdefault(key, _Account())
        if not account.active:
            # What it uses is charged by one weight from its beginning to its end.
            account.share = self._shares(key)
            least = self._least(account)
            account.used_s = max(account.used_s, 0.0 if least is None else least)
        return account

    def _least(self, but: _Account[Item] | None = None) -> float | None:
        now = self._clock()
        return min(_used(self._active(), now, but), default=None)

    def _active(self) -> Iterable[_Account[Item]]:
        return (account for account in self._accounts.values() if account.active)

    def _forget(self) -> None:
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


def _used(
    accounts: Iterable[_Account[Item]], now: float, but: _Account[Item] | None
) -> Iterable[float]:
    return (account.used(now) for account in accounts if account is not but)
