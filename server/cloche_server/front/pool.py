"""Sandboxes forked ahead of their calls: a call finds one locked down and waiting."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass

from cloche_server.front.channel import ChannelClosed, ProtocolViolation
from cloche_server.front.zygote import Sandbox, Zygote, ZygoteDied
from cloche_server.ipc import job

_log = logging.getLogger(__name__)
_READY_S = 30.0


class SandboxNotReady(Exception):
    """A fork did not become a sandbox; the message says how it ended."""


@dataclass(frozen=True)
class ReadySandbox:
    """Locked down and waiting for its job. `pid` is its number in the front's namespace."""

    sandbox: Sandbox
    pid: int


class Pool:
    """Keeps `size` sandboxes ready, and makes another at once when a call finds none."""

    def __init__(self, zygote: Zygote, size: int) -> None:
        self._zygote = zygote
        self._size = size
        self._waiting: deque[asyncio.Task[ReadySandbox]] = deque()

    async def take(self) -> ReadySandbox:
        """A sandbox that nobody else will get.

        Raises:
            ZygoteDied: there is no model to fork from.
            SandboxNotReady: the fork failed.
        """
        while True:
            task = self._waiting.popleft() if self._waiting else self._start(ahead=False)
            try:
                ready = await asyncio.shield(task)
            except asyncio.CancelledError:
                self._waiting.appendleft(task)  # the next caller gets it
                raise
            if not ready.sandbox.ended.done():
                return ready
            # It was ended from outside while it waited: nobody's call is lost by that.

    def refill(self) -> None:
        """Called when a call has ended, so that forking does not compete with it."""
        while len(self._waiting) < self._size:
            self._waiting.append(self._start(ahead=True))

    async def drain(self) -> None:
        """Gives up what is waiting."""
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)
        self._waiting.clear()

    def _start(self, *, ahead: bool) -> asyncio.Task[ReadySandbox]:
        task = asyncio.create_task(self._make_ready(ahead))
        task.add_done_callback(_notice)
        return task

    async def _make_ready(self, ahead: bool) -> ReadySandbox:
        sandbox = await self._zygote.spawn(ahead=ahead)
        try:
            async with asyncio.timeout(_READY_S):
                await self._zygote.greet(sandbox)
                messages = await sandbox.channel.receive()
        except ChannelClosed:
            code = await sandbox.ended
            raise SandboxNotReady(f"the fork ended with {code} before it was ready") from None
        except (TimeoutError, ProtocolViolation) as error:
            await self._zygote.kill(sandbox)
            raise SandboxNotReady(f"the fork was not ready: {error!r}") from None
        match messages:
            case [job.Ready(pid)]:
                return ReadySandbox(sandbox, pid)
        await self._zygote.kill(sandbox)
        raise SandboxNotReady("the fork spoke out of turn")


def _notice(task: asyncio.Task[ReadySandbox]) -> None:
    """A failed fork that no call was waiting for is still said."""
    if not task.cancelled() and (error := task.exception()) and not isinstance(error, ZygoteDied):
        _log.error("no sandbox: %s", error)
