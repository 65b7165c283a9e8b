"""Calls from being admitted to their sandboxes' end, each in a task beside the RPC that asked.

A caller that reads slowly, or never, holds back its own events. Its place, its sandbox and its
time are not in its hands.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from collections.abc import AsyncGenerator, Iterator
from typing import Final

from cloche.status import Reason
from cloche.v1 import execution_pb2 as pb

from cloche_server.config import Limits
from cloche_server.front import events
from cloche_server.front.admission import Admission, Unread
from cloche_server.front.arguments import NO_ARGUMENTS, Arguments
from cloche_server.front.audit import Record
from cloche_server.front.call import Call
from cloche_server.front.options import Options
from cloche_server.front.outbox import Item, Outbox
from cloche_server.front.pool import SandboxNotReady
from cloche_server.front.refusal import Refusal
from cloche_server.front.supervisor import Serving, Supervisor
from cloche_server.front.zygote import ZygoteDied
from cloche_server.ipc import job

_log = logging.getLogger(__name__)

# The most that the answer to one caller takes in the front: an outbox, and what gRPC is sending.
_ANSWER_BYTES: Final = 4 << 20
# For answers of callers that do not read, beyond those of calls that run or wait.
_UNREAD_BYTES: Final = 256 << 20


class Calls:
    """All of a server's calls, running and waiting."""

    def __init__(self, limits: Limits, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._admission = Admission(concurrent=limits.concurrent_calls, queued=limits.queued_calls)
        most = (limits.concurrent_calls + limits.queued_calls) * _ANSWER_BYTES + _UNREAD_BYTES
        self._unread = Unread(most)
        self._running: dict[asyncio.Task[None], Outbox] = {}

    async def run(
        self,
        task: job.ToSandbox,
        options: Options,
        record: Record,
        arguments: Arguments = NO_ARGUMENTS,
    ) -> AsyncGenerator[Item, None]:
        """Yields Accepted, what the sandbox says, and Done, or Checked for a Check.

        Whoever closes it before its end ends the call.

        Raises:
            Refusal: the call gets no outcome.
        """
        self._unread.require_room()
        outbox = Outbox()
        running = asyncio.create_task(self._run(task, options, record, arguments, outbox))
        self._running[running] = outbox
        running.add_done_callback(functools.partial(self._ended, outbox))
        self._unread.add(_ANSWER_BYTES)
        try:
            async for item in outbox:
                yield item
        finally:
            self._unread.remove(_ANSWER_BYTES)
            if not outbox.closed:
                running.cancel()  # the caller has gone

    @property
    def running(self) -> int:
        """Calls that run or wait."""
        return len(self._running)

    def end_all(self, why: Refusal) -> None:
        """Tells every caller so; the sandboxes end."""
        for task, outbox in list(self._running.items()):
            outbox.fail(why)
            task.cancel()

    async def _run(
        self,
        task: job.ToSandbox,
        options: Options,
        record: Record,
        arguments: Arguments,
        outbox: Outbox,
    ) -> None:
        try:
            with _told(outbox, record):
                async with self._admission.place():
                    serving = self._supervisor.serving()
                    call = await _begin(serving, options)
                    try:
                        # Told at once: the sandbox's own end may take a while.
                        with _told(outbox, record):
                            accepted = pb.Accepted(
                                call_id=record.call_id, options=options.as_message()
                            )
                            outbox.put(accepted)
                            answer = await call.conduct(task, arguments, outbox)
                            outbox.put(events.last(answer, call))
                            outbox.close()
                            record.close(events.outcome(answer))
                    finally:
                        serving.pool.refill()
                        await call.end()
        finally:
            record.close("cancelled")

    def _ended(self, outbox: Outbox, running: asyncio.Task[None]) -> None:
        del self._running[running]
        if running.cancelled():
            outbox.fail(asyncio.CancelledError())
        elif error := running.exception():
            _log.error("a call failed in the front", exc_info=error)
            outbox.fail(error)


async def _begin(serving: Serving, options: Options) -> Call:
    try:
        ready = await serving.pool.take()
    except ZygoteDied as error:
        raise Refusal(Reason.NOT_READY, str(error), retry_after_s=1.0) from None
    except SandboxNotReady as error:
        raise Refusal(Reason.SANDBOX_DIED, str(error)) from None
    return Call(serving.zygote, ready, options)


@contextlib.contextmanager
def _told(outbox: Outbox, record: Record) -> Iterator[None]:
    """A refusal goes no further than to the caller and into the record."""
    try:
        yield
    except Refusal as refusal:
        record.close(refusal.reason)
        outbox.fail(refusal)
