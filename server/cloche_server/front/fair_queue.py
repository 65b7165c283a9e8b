"""Choose whose turn is next: of the groups that wait, the one that has used least, in seconds; and
in it the key that has.

A key is a connection, and a group is where they come from, or a tenant: a thousand from one
place are one caller to those from others. A group has its share, see shares.py. In a group every
second turn is for the newest key that has not had one yet, as new flows come before old ones in
fq_codel (RFC 8290): who comes to a crowd of its own group is soon served, and the crowd goes on.
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from cloche_server.front.shares import Account, Shares
from cloche_server.share import EQUAL, Share

Item = TypeVar("Item")

# Keys that have nothing waiting find room beyond the queue's length, so many of them.
NEWCOMERS: Final = 1024


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
class _Key(Account, Generic[Item]):
    places: deque[Place[Item]] = field(default_factory=deque)
    # It has had no turn yet.
    new: bool = True


class _Group(Account, Generic[Item]):
    """Keys of one origin."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self.keys: Shares[_Key[Item]] = Shares(_Key, clock)
        self._of_new = False

    def begins(self, since_s: float, turn: int) -> None:
        super().begins(since_s, turn)
        self._of_new = not self._of_new

    def next(self) -> _Key[Item] | None:
        new = [each for each in self.keys if each.new and each.waiting] if self._of_new else []
        return max(new, key=lambda each: each.turn) if new else self.keys.next()

    def longest(self) -> _Key[Item] | None:
        """That has most waiting, and of these the one that came last."""
        counted = (each for each in self.keys if each.counted)
        return max(counted, key=lambda each: (each.counted, each.places[-1].number), default=None)


class FairQueue(Generic[Item]):
    """A queue for each key. `begin` and `end` say what a key uses; `next` heeds it."""

    def __init__(
        self,
        most: int,
        *,
        group: Callable[[str], str] = str,
        shares: Callable[[str], Share] = lambda group: EQUAL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Args:
            most: items that wait, of all keys; those of newcomers may be more.
            group: of a key.
            shares: of a group.
        """
        self._most = most
        self._group = group
        self._shares = shares
        self._clock = clock
        self._groups: Shares[_Group[Item]] = Shares(lambda: _Group(clock), clock)
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
        """Whether its group's own bound lets the key use one thing more."""
        group = self._groups.get(self._group(key))
        return group is None or group.may_run

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
            Full: no other key has more waiting, and this one has something waiting already; or its
                group has as many waiting as it may.
        """
        left = None if kept else self._put_out_for(key)
        if left is not None:
            self.remove(left)
        place = Place(key, item, self._numbered(), kept)
        group, account = self._entered(key)
        account.places.append(place)
        for each in (group, account):
            each.enters(counted=not kept)
        self._waiting += 1
        self._counted += not kept
        return place, None if left is None else left.item

    def next(self) -> Place[Item] | None:
        """Whose turn it is, of those that may use one thing more."""
        group = self._groups.next()
        account = None if group is None else group.next()
        return None if account is None else account.places[0]

    def order(self, *, each_s: float) -> Mapping[int, int]:
        """How many go before each place, by its number, if each item takes so many seconds and
        nobody else comes. Bounds on what a group may use at once, and turns of newcomers, are not
        foreseen.
        """
        now = self._clock()
        groups = []
        for group in self._groups:
            keys = [
                (key.used(now), key.turn, each_s, [place.number for place in key.places])
                for key in group.keys
            ]
            step_s = each_s / group.share.weight
            groups.append((group.used(now), group.turn, step_s, _in_turn(keys)))
        return {number: before for before, number in enumerate(_in_turn(groups))}

    def remove(self, place: Place[Item]) -> bool:
        """Whether it was still there."""
        group = self._groups.get(self._group(place.key))
        account = None if group is None else group.keys.get(place.key)
        if group is None or account is None or place not in account.places:
            return False
        account.places.remove(place)
        for each in (group, account):
            each.leaves(counted=not place.kept)
        self._waiting -= 1
        self._counted -= not place.kept
        self._forget(group)
        return True

    def begin(self, key: str) -> Use:
        """From now on the key uses something."""
        use = Use(key, self._clock())
        group, account = self._entered(key)
        turn = self._numbered()
        for each in (group, account):
            each.begins(use.since_s, turn)
        account.new = False
        return use

    def end(self, use: Use) -> float:
        """For how many seconds it went on. Idempotent: then 0."""
        if use.ended:
            return 0.0
        use.ended = True
        now = self._clock()
        group = self._groups.get(self._group(use.key))
        account = None if group is None else group.keys.get(use.key)
        # Accounts that use something are not forgotten.
        if group is None or account is None:
            raise KeyError(f"{use.key!r} uses nothing of this queue")
        for each in (group, account):
            each.ends(use.since_s, now)
        self._forget(group)
        return now - use.since_s

    def _put_out_for(self, key: str) -> Place[Item] | None:
        """The place that has to go for another of this key's; None: there is room. Raises Full."""
        name = self._group(key)
        group = self._groups.get(name)
        of_group = 0 if group is None else group.counted
        most_of_group = self._shares(name).most_waiting
        if most_of_group is not None and of_group >= most_of_group:
            raise Full
        if self._counted < self._most:
            return None
        account = None if group is None else group.keys.get(key)
        own = 0 if account is None else account.counted
        largest = max(self._groups, key=lambda each: each.counted, default=None)
        if largest is not None and largest.counted > of_group + 1:
            longest = largest.longest()
        else:
            longest = None if group is None else group.longest()
            if longest is not None and longest.counted <= own + 1:
                longest = None
        if longest is not None:
            return next(place for place in reversed(longest.places) if not place.kept)
        if own == 0 and self._most and self._counted < self._most + NEWCOMERS:
            return None
        raise Full

    def _entered(self, key: str) -> tuple[_Group[Item], _Key[Item]]:
        """The accounts of the key's group and of itself, which are active now."""
        name = self._group(key)
        group = self._groups.entered(name, self._number, self._shares(name))
        return group, group.keys.entered(key, self._number)

    def _numbered(self) -> int:
        self._number += 1
        return self._number

    def _forget(self, group: _Group[Item]) -> None:
        group.keys.forget()
        self._groups.forget()


def _in_turn(queues: Iterable[tuple[float, int, float, Sequence[int]]]) -> list[int]:
    """What waits in several queues in the order of its turns.

    Args:
        queues: of each what it has used and its last turn, what a turn costs it, and its items.
    """
    heap = [(used, turn, step, 0, items) for used, turn, step, items in queues if items]
    heapq.heapify(heap)
    last = max((turn for _, turn, *_ in heap), default=0)
    found = []
    while heap:
        used, _, step, index, items = heapq.heappop(heap)
        found.append(items[index])
        last += 1
        if index + 1 < len(items):
            heapq.heappush(heap, (used + step, last, step, index + 1, items))
    return found
