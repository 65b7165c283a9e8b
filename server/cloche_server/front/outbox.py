"""What a call has for its caller and the caller has not taken yet: little of it, in order.

The call goes on beside the RPC that asked for it, and this stands between them: whoever reads
slowly holds back what is written here, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from cloche.v1 import execution_pb2 as pb

from cloche_server.ipc import job

Item: TypeAlias = job.FromSandbox | pb.Queued | pb.Accepted | pb.Done

_MOST_BYTES: Final = 1 << 19
#: What prints that are read as one may have of text: it lies in the front a second time, and in
#: gRPC a third, for as long as its caller does not take it.
JOINED_BYTES: Final = 1 << 16
# What an item takes beside its text or data.
_ITEM_BYTES: Final = 200


@dataclass
class _Run:
    """Items that are read as one, and what they take."""

    items: list[Item]
    size: int

    def takes(self, item: Item, size: int) -> bool:
        """Whether `item` may be read with these: prints of one stream, and little text in all."""
        last = self.items[-1]
        return (
            isinstance(last, job.Printed)
            and isinstance(item, job.Printed)
            and last.stream == item.stream
            and self.size + size - _ITEM_BYTES * (len(self.items) + 1) <= JOINED_BYTES
        )


class Outbox:
    """For one writer, who ends it with `close` or `fail`, and one reader, who iterates over it.

    Prints of one stream that wait together are read as one, up to a length: a million of them are
    not a million events.
    """

    def __init__(self) -> None:
        self._runs: deque[_Run] = deque()
        self._bytes = 0
        self._error: BaseException | None = None
        self._changed = asyncio.Event()
        self._taken: Callable[[int], None] | None = None
        self.closed = False

    @property
    def held_bytes(self) -> int:
        """What lies here."""
        return self._bytes

    @property
    def full(self) -> bool:
        return self._bytes >= _MOST_BYTES

    async def room(self) -> None:
        """Waits until the reader has taken enough."""
        while self.full:
            self._changed.clear()
            await self._changed.wait()

    def on_taken(self, taken: Callable[[int], None]) -> None:
        """Has `taken` told how much the reader takes, from now on."""
        self._taken = taken

    def put(self, item: Item) -> None:
        """Never waits: `room` does."""
        size = _size(item)
        if self._runs and self._runs[-1].takes(item, size):
            self._runs[-1].items.append(item)
            self._runs[-1].size += size
        else:
            self._runs.append(_Run([item], size))
        self._bytes += size
        self._changed.set()

    def close(self) -> None:
        """Everything has been put."""
        self.closed = True
        self._changed.set()

    def fail(self, error: BaseException) -> None:
        """The reader gets what was put before, and then `error`; of a result, which is no longer
        one, nothing. Idempotent.
        """
        if not self.closed:
            self._error = error
            kept = [run for run in self._runs if not isinstance(run.items[0], job.Chunk)]
            self._runs = deque(kept)
            self._bytes = sum(run.size for run in kept)
            self.close()

    def __aiter__(self) -> Outbox:
        return self

    async def __anext__(self) -> Item:
        while not self._runs:
            if self._error is not None:
                raise self._error
            if self.closed:
                raise StopAsyncIteration
            self._changed.clear()
            await self._changed.wait()
        run = self._runs.popleft()
        self._bytes -= run.size
        self._changed.set()
        if self._taken is not None:
            self._taken(run.size)
        return _joined(run.items)


def _joined(run: list[Item]) -> Item:
    prints = [item for item in run if isinstance(item, job.Printed)]
    if len(prints) < 2:
        return run[0]
    return job.Printed(prints[0].stream, "".join(item.text for item in prints))


def _size(item: Item) -> int:
    match item:
        case job.Printed(text=text) | job.Logged(text=text) | job.Progressed(note=text):
            return _ITEM_BYTES + len(text.encode())
        case job.Chunk(data=data):
            return _ITEM_BYTES + len(data)
    return _ITEM_BYTES
