"""Say something now and then on a stream that has nothing to say.

A proxy on the way takes a stream on which nothing passes for dead, and cuts it.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Final, Self

from cloche_server.front.rpc import Rpc, given_up_freely

#: An ExecuteStreamResponse with no event in it, which callers ignore.
BEAT: Final = b""


class Heartbeat:
    """Writes to one RPC in its caller's stead, and an empty event where that was long silent."""

    def __init__(self, rpc: Rpc, every_s: float) -> None:
        self._rpc = rpc
        self._every_s = every_s
        self._loop = asyncio.get_running_loop()
        # An RPC takes one message at a time.
        self._line = asyncio.Lock()
        self._written_at = self._loop.time()
        self._timer = self._loop.call_later(every_s, self._due)
        self._ended = False

    async def write(self, message: bytes) -> None:
        """As `Rpc.write`."""
        async with self._line:
            await self._rpc.write(message)
            self._written_at = self._loop.time()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        self._ended = True
        if not isinstance(error, asyncio.CancelledError):
            async with self._line:  # the status comes after a beat that is under way
                pass

    async def _beat(self) -> None:
        if not self._ended:
            await self.write(BEAT)

    def _due(self) -> None:
        silent_s = self._loop.time() - self._written_at
        if silent_s >= self._every_s and not self._line.locked():
            given_up_freely(self._beat())
            silent_s = 0.0
        left_s = max(self._every_s - silent_s, self._every_s / 10)
        self._timer = self._loop.call_later(left_s, self._due)
