"""Sandboxes forked ahead of their calls: a call finds one locked down and waiting."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from typing import Final

from cloche.contract.status import Reason

from cloche_server.front.channel import ChannelClosed, ProtocolViolation
from cloche_server.front.memory import MemoryMeter
from cloche_server.front.zygote import Sandbox, Zygote, ZygoteDied
from cloche_server.ipc import job
from cloche_server.refusal import Refusal

_log = logging.getLogger(__name__)
_READY_S: Final = 30.0
_RETRY_AFTER_S: Final = 1.0


class SandboxNotReady(Exception):
    """A fork did not become a sandbox; the message says how it ended."""


@dataclass(frozen=True)
class ReadySandbox:
    """Locked down and waiting for its job."""

    sandbox: Sandbox
    memory: MemoryMeter


class Pool:
    """Keeps `size` sandboxes ready, and makes another at once when a call finds none."""

    def __init__(self, zygote: Zygote, size: int) -> None:
        self._zygote = zygote
        self._size = size
        self._waiting: deque[asyncio.Task[ReadySandbox]] = deque()
        # Whether the last call had to wait for its fork: calls come faster than sandboxes.
        self._behind = False

    @property
    def ready(self) -> int:
        """Sandboxes that wait for a call."""
        return sum(task.done() for task in tuple(self._waiting))  # asked from other threads, too

    async def take(self) -> ReadySandbox:
        """A sandbox that nobody else will get.

        Raises:
            ZygoteDied: there is no model to fork from.
            SandboxNotReady: the fork failed.
            Refusal: the server lacks what a sandbox needs.
        """
        while True:
            ahead = bool(self._waiting)
            task = self._waiting.popleft() if ahead else self._start(ahead=False)
            self._behind = not task.done()
            try:
                ready = await asyncio.shield(task)
            except asyncio.CancelledError:
                self._waiting.appendleft(task)  # the next caller gets it
                raise
            except (SandboxNotReady, Refusal):
                if not ahead:
                    raise
                continue  # it was made for nobody yet: no call is lost by that
            if not ready.sandbox.ended.done():
                return ready
            # Ended from outside while it waited.
            _close(ready)

    def refill(self) -> None:
        """Called when a call has ended, so that forking does not compete with it.

        What a sandbox may do ahead of its call saves that call time and costs the machine more than
        it saves: where callers wait for sandboxes, it is left out.
        """
        while len(self._waiting) < self._size:
            self._waiting.append(self._start(ahead=not self._behind))

    async def drain(self) -> None:
        """Gives up what is waiting."""
        for task in self._waiting:
            task.cancel()
        for made in await asyncio.gather(*self._waiting, return_exceptions=True):
            if isinstance(made, ReadySandbox):
                _close(made)
        self._waiting.clear()

    def _start(self, *, ahead: bool) -> asyncio.Task[ReadySandbox]:
        task = asyncio.create_task(self._make_ready(ahead))
        task.add_done_callback(_notice)
        return task

    async def _make_ready(self, ahead: bool) -> ReadySandbox:
        try:
            sandbox = await self._zygote.spawn(ahead=ahead)
        except OSError as error:
            raise _lacking(error) from None
        try:
            async with asyncio.timeout(_READY_S):
                await self._zygote.greet(sandbox)
                return ReadySandbox(sandbox, await _ready(sandbox))
        except ChannelClosed:
            code = await self._zygote.kill(sandbox)
            raise SandboxNotReady(f"the fork ended with {code} before it was ready") from None
        except (TimeoutError, ProtocolViolation, ProcessLookupError, FileNotFoundError) as error:
            await self._zygote.kill(sandbox)
            raise SandboxNotReady(f"the fork was not ready: {error!r}") from None
        except OSError as error:
            await self._zygote.kill(sandbox)
            raise _lacking(error) from None
        except asyncio.CancelledError:
            sandbox.close()
            raise


async def _ready(sandbox: Sandbox) -> MemoryMeter:
    match await sandbox.channel.receive():
        case [job.Ready(pid)]:
            return MemoryMeter(pid)
    raise ProtocolViolation("the fork spoke out of turn")


def _lacking(error: OSError) -> Refusal:
    text = f"the server lacks what a sandbox needs ({error.strerror}); try again later"
    return Refusal(Reason.BUSY, text, retry_after_s=_RETRY_AFTER_S)


def _close(ready: ReadySandbox) -> None:
    ready.sandbox.close()
    ready.memory.close()


def _notice(task: asyncio.Task[ReadySandbox]) -> None:
    """A failed fork that no call was waiting for is still said."""
    if not task.cancelled() and (error := task.exception()) and not isinstance(error, ZygoteDied):
        _log.error("no sandbox: %s", error)
