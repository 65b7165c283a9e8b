"""Calls from being admitted to their sandboxes' end, each in a task beside the RPC that asked.

A caller that reads slowly, or never, holds back its own events. Its slot, its sandbox and its time
are not in its hands.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Final

from cloche.contract.config import Limits
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb

from cloche_server.front import events
from cloche_server.front.admission import Admission, Slot, Wait
from cloche_server.front.arguments import NO_ARGUMENTS, Arguments
from cloche_server.front.audit import Record
from cloche_server.front.budget import Held
from cloche_server.front.call import Call
from cloche_server.front.memory_share import MemoryShare, MemoryShares
from cloche_server.front.options import Options
from cloche_server.front.outbox import Item, Outbox
from cloche_server.front.pool import SandboxNotReady
from cloche_server.front.session import Session
from cloche_server.front.supervisor import Serving, Supervisor
from cloche_server.front.transfers import Transfers
from cloche_server.front.watch import Watch
from cloche_server.front.zygote import ZygoteDied
from cloche_server.ipc import job
from cloche_server.record.load import Load
from cloche_server.refusal import Refusal
from cloche_server.share import EQUAL, Share

_log = logging.getLogger(__name__)

# What the answer to one caller takes in the front while its call runs: an outbox, a piece on its
# way there, and a message in two copies.
_ANSWER_BYTES: Final = 2 << 20
# How long the end of a sandbox, and the fork of another, wait for an answer to have left: they take
# the processors that it needs on its way and at its caller's.
_ANSWER_FIRST_S: Final = 0.015
# Sandboxes that compute nothing, for each that may: those of uploads, and those of results.
_TRANSFERS_FOR_EACH: Final = 1
_TRANSFER_BYTES: Final = 4


class Calls:
    """All calls of one model, running and waiting."""

    def __init__(
        self,
        limits: Limits,
        supervisor: Supervisor,
        watch: Watch,
        memory: MemoryShares,
        shares: Callable[[str], Share] = lambda caller: EQUAL,
    ) -> None:
        """Args: memory: of all models' calls together. shares: a caller's of slots and queue."""
        self._supervisor = supervisor
        self._memory = memory
        self._shares = shares
        self._watch = watch
        self._admission = Admission(
            concurrent=limits.concurrent_calls, queued=limits.queued_calls, shares=shares
        )
        most = _TRANSFERS_FOR_EACH * limits.concurrent_calls
        self._uploads = Transfers(
            most=most, most_bytes=_TRANSFER_BYTES * limits.arguments_max_bytes
        )
        # What waits for one of these places has given its slot back, and has its sandbox still.
        self._results = Transfers(
            most=most, most_bytes=_TRANSFER_BYTES * limits.result_max_bytes, most_waiting=most
        )
        for transfers in (self._uploads, self._results):
            memory.while_waited_for(transfers.end_long)
        self._running: dict[asyncio.Task[None], Outbox] = {}

    def require_room(self, caller: str) -> None:
        """Raises Refusal(BUSY) where a call of this caller's could not even wait."""
        self._admission.require_room(caller)

    async def run(
        self,
        task: job.ToSandbox,
        options: Options,
        record: Record,
        held: Held,
        caller: str,
        arguments: Arguments = NO_ARGUMENTS,
        session: Session | None = None,
    ) -> AsyncGenerator[Item, None]:
        """Yields Queued while it waits, Accepted, what the sandbox says, and Done, or Checked for a
        Check.

        Whoever closes it before its end ends the call.

        Args:
            caller: whose turn it takes (`admission.py`).
            session: where it runs; None: in a sandbox of its own.

        Raises:
            Refusal: the call gets no outcome.
        """
        outbox = Outbox()
        running = asyncio.create_task(
            self._run(task, options, record, held, caller, arguments, outbox, session)
        )
        self._running[running] = outbox
        running.add_done_callback(functools.partial(self._ended, outbox, held))
        try:
            async for item in outbox:
                yield item
        finally:
            if not outbox.closed:
                running.cancel()  # the caller has gone

    @property
    def running(self) -> int:
        """Calls that run or wait."""
        return len(self._running)

    def load(self, sandboxes_ready: int) -> Load:
        """What is going on now."""
        admission = self._admission
        return Load(
            model=self._supervisor.model.label,
            computing=admission.computing,
            waiting=admission.waiting,
            sandboxes_ready=sandboxes_ready,
        )

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
        held: Held,
        caller: str,
        arguments: Arguments,
        outbox: Outbox,
        session: Session | None,
    ) -> None:
        try:
            with _told(outbox, record):
                accepted = pb.Accepted(call_id=record.call_id, options=options.as_message())

                def waits(wait: Wait) -> None:
                    queued = pb.Queued(ahead=wait.ahead)
                    queued.expected.FromMilliseconds(int(wait.expected_s * 1000))
                    outbox.put(queued)

                def accept() -> None:
                    held.at_least(_ANSWER_BYTES)
                    outbox.put(accepted)

                prepared = self._prepared(
                    task, options, caller, arguments, waits, accept, record, session
                )
                async with prepared as (call, slot, share):

                    def returned(memory_bytes: int) -> None:
                        slot.give_back()
                        share.hold(min(memory_bytes, share.held_bytes))

                    # Told at once: the sandbox's own end may take a while.
                    with _told(outbox, record):
                        try:
                            answer = await call.conduct(
                                task, arguments, outbox, self._results, returned
                            )
                        finally:
                            record.used(
                                ran_s=call.wall_clock_s,
                                memory_peak_bytes=call.memory_peak_bytes,
                                output_bytes=call.output_bytes,
                                result_bytes=call.result_bytes,
                            )
                        record.used(**events.phases(answer, call))
                        outbox.put(events.last(answer, call))
                        outbox.close()
                        record.close(events.outcome(answer))
                    if call.answered and session is None:
                        await self._let_answer_leave(slot)
        finally:
            record.close("cancelled")

    @contextlib.asynccontextmanager
    async def _prepared(
        self,
        task: job.ToSandbox,
        options: Options,
        caller: str,
        arguments: Arguments,
        waits: Callable[[Wait], None],
        accept: Callable[[], None],
        record: Record,
        session: Session | None,
    ) -> AsyncGenerator[tuple[Call, Slot, MemoryShare], None]:
        """A sandbox that has its arguments, or will get them from here, and what it computes in: a
        slot, and a share of memory.

        Uploads come before these: a caller that sends nothing keeps nobody from computing.

        Args:
            waits: called while it waits for its slot.
            accept: called when a sandbox has the call.
        """
        async with contextlib.AsyncExitStack() as stack:
            most = self._shares(caller).most_memory_bytes
            share = MemoryShare(self._memory, owner=caller, most_of_owner=most)
            stack.callback(share.end)
            if not arguments.uploaded:
                slot = await self._admission.slot(caller, within_s=options.timeout_s, on_wait=waits)
                stack.callback(slot.give_back)
                if session is None:  # which has its own
                    await share.take(options.memory_bytes)
                record.begins()
                call = await self._begin(options, stack, session, record)
                accept()
                yield call, slot, share
                return
            assert isinstance(task, job.Run)  # noqa: S101  # a Check has no arguments
            doing = "send its arguments"
            self._admission.require_room(caller)
            async with self._uploads.place(doing, arguments.size) as transfer:
                if session is None:
                    share.hold(arguments.size)
                record.begins()
                call = await self._begin(options, stack, session, record)
                accept()
                await call.upload(task, arguments, transfer)
                transfer.pause()
                slot = await self._admission.slot(
                    caller, within_s=options.timeout_s, admitted=True, on_wait=waits
                )
            stack.callback(slot.give_back)
            if session is None:
                await share.take(options.memory_bytes)
            yield call, slot, share

    async def _begin(
        self,
        options: Options,
        stack: contextlib.AsyncExitStack,
        session: Session | None,
        record: Record,
    ) -> Call:
        serving = self._supervisor.serving()
        if session is not None:
            call = await session.begin(options)
            stack.push_async_callback(call.end)
            return call
        started = time.monotonic()
        call = await _call(serving, options, self._watch)
        record.used(sandbox_s=time.monotonic() - started)
        stack.push_async_callback(call.end)
        stack.callback(serving.pool.refill)
        return call

    async def _let_answer_leave(self, slot: Slot) -> None:
        """Returns at once where somebody waits for what comes next, or soon will."""
        if self._supervisor.sandboxes_ready and not self._admission.waiting:
            slot.give_back()
            await asyncio.sleep(_ANSWER_FIRST_S)

    def _ended(self, outbox: Outbox, held: Held, running: asyncio.Task[None]) -> None:
        del self._running[running]
        if running.cancelled():
            outbox.fail(asyncio.CancelledError())
        elif error := running.exception():
            _log.error("a call failed in the front", exc_info=error)
            outbox.fail(error)
        # What is left is what the caller has not taken.
        held.at_most(outbox.held_bytes + 2 * events.PIECE_BYTES)


async def _call(serving: Serving, options: Options, watch: Watch) -> Call:
    try:
        ready = await serving.pool.take()
    except ZygoteDied as error:
        raise Refusal(Reason.NOT_READY, str(error), retry_after_s=1.0) from None
    except SandboxNotReady as error:
        raise Refusal(Reason.SANDBOX_DIED, str(error)) from None
    return Call(serving.zygote, ready, options, watch)


@contextlib.contextmanager
def _told(outbox: Outbox, record: Record) -> Iterator[None]:
    """A refusal goes no further than to the caller and into the record."""
    try:
        yield
    except Refusal as refusal:
        record.refused(refusal)
        outbox.fail(refusal)
