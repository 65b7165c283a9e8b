"""One budget for all bytes that callers make the front hold: requests, answers, what lies unread.

gRPC's own copies are in the other half of what the front may take (`ServerConfig`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Final

from cloche.contract.status import Reason

from cloche_server.refusal import Refusal
from cloche_server.walls.kernel import libc

_RETRY_AFTER_S: Final = 1.0
# After a burst of so much, freed memory is given back to the machine.
_BURST_BYTES: Final = 32 << 20
_TRIM_AFTER_S: Final = 1.0
# Requests that are larger than this leave a quarter of the budget to those that are not.
_SMALL_BYTES: Final = 1 << 16
_FOR_SMALL: Final = 4
# One tenant holds no more than this part.
_OF_ONE: Final = 2


class MemoryBudget:
    """At most `most_bytes` are held; beyond, callers are told to come back."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._bytes = 0
        self._peak_bytes = 0
        # Of tenants: one that leaves its answers unread keeps no other out.
        self._of: Counter[str] = Counter()

    @property
    def held_bytes(self) -> int:
        return self._bytes

    @contextlib.contextmanager
    def held(self, count: int = 0, *, owner: str = "") -> Iterator[Held]:
        """Raises Refusal(BUSY) where there is no room.

        Args:
            owner: the tenant, of whom all together may hold half; "": nobody's.
        """
        share = Held(self, owner)
        share.resize(count)
        try:
            yield share
        finally:
            share.end()

    def _change(self, by: int, most_bytes: int, owner: str) -> None:
        if owner and by > 0 and self._of[owner] + by > self.most_bytes // _OF_ONE:
            raise Refusal(
                Reason.BUSY,
                f"requests and answers of {self._of[owner]} bytes are held for {owner}; take what "
                "was answered, and try again",
                retry_after_s=_RETRY_AFTER_S,
            )
        if by > 0 and self._bytes + by > most_bytes:
            raise Refusal(
                Reason.BUSY,
                f"requests and answers of {self._bytes} bytes are held, of at most "
                f"{most_bytes}; try again later",
                retry_after_s=_RETRY_AFTER_S,
            )
        self._bytes += by
        if owner:
            self._of[owner] += by
            if not self._of[owner]:
                del self._of[owner]
        self._peak_bytes = max(self._peak_bytes, self._bytes)
        if by < 0 and self._peak_bytes > _BURST_BYTES and self._bytes < self._peak_bytes // 4:
            self._peak_bytes = self._bytes
            # Not now: what is no longer counted is about to be freed.
            with contextlib.suppress(RuntimeError):  # no loop: a test's
                loop = asyncio.get_running_loop()
                loop.call_later(_TRIM_AFTER_S, loop.run_in_executor, None, libc.malloc_trim)


class Held:
    """What one RPC makes the front hold."""

    def __init__(self, budget: MemoryBudget, owner: str = "") -> None:
        self._budget = budget
        self._owner = owner
        self._bytes = 0
        self._ended = False

    def request(self, count: int) -> None:
        """Resizes to a request of so much. Raises as `resize`: a large one before a small one."""
        all_ = self._budget.most_bytes
        self._resize(count, all_ if count <= _SMALL_BYTES else all_ - all_ // _FOR_SMALL)

    def at_least(self, count: int) -> None:
        """Raises as `resize`."""
        if count > self._bytes:
            self.resize(count)

    def at_most(self, count: int) -> None:
        """Gives back what is beyond."""
        if count < self._bytes:
            self.resize(count)

    def resize(self, count: int) -> None:
        """Raises Refusal(BUSY) where it grows and there is no room. After the end: no effect."""
        self._resize(count, self._budget.most_bytes)

    def end(self) -> None:
        """Gives back everything. Idempotent."""
        self.resize(0)
        self._ended = True

    def _resize(self, count: int, most_bytes: int) -> None:
        if not self._ended:
            self._budget._change(count - self._bytes, most_bytes, self._owner)
            self._bytes = count
