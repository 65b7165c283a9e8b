"""Whose time runs out: the technique's, or that of a caller who does not take a result.

Slots: given back when nothing is left to compute.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb
from cloche_server.front import call as call_module
from cloche_server.front.arguments import NO_ARGUMENTS, Arguments
from cloche_server.front.call import Call
from cloche_server.front.channel import Channel
from cloche_server.front.memory import MemoryMeter
from cloche_server.front.options import Options
from cloche_server.front.outbox import Item, Outbox
from cloche_server.front.pool import ReadySandbox
from cloche_server.front.transfers import Pace, Transfers
from cloche_server.front.watch import Watch
from cloche_server.front.zygote import Sandbox
from cloche_server.ipc import job
from cloche_server.refusal import Refusal

from tests.support.frames import written

RUN = job.Run("", "", 0, 0, 1.0, 1, 1, 1, None)
PIECES = 12
TOTAL = PIECES * job.CHUNK_BYTES
RESULT = [job.Chunk(b"x" * job.CHUNK_BYTES, TOTAL)] * PIECES


class Zygote:
    """Ends what it is told to end, as a zygote would: the other end of the channel closes."""

    async def kill(self, sandbox: Sandbox) -> int:
        sandbox.channel.hang_up()
        sandbox.channel.close()
        return -9

    def kill_now(self, sandbox: Sandbox) -> None:
        sandbox.channel.hang_up()

    async def audit(self) -> None:
        """What a call's end without an answer asks for."""


FAST = Pace(window_s=0.3, window_bytes=1 << 20, grace_s=0.1)


@pytest.fixture
def watch() -> Iterator[Watch]:
    made = Watch()
    yield made
    made.close()


@dataclass
class Conducted:
    call: Call
    outbox: Outbox
    running: asyncio.Task[job.Answer]
    # What the call was held to, each time that its slot was given back.
    returned: list[int]


@contextlib.asynccontextmanager
async def conducting(
    watch: Watch,
    *says: job.FromSandbox,
    timeout_s: float,
    transfers: Transfers | None = None,
) -> AsyncIterator[Conducted]:
    """A call whose sandbox says this at once, and then nothing."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    loop = asyncio.get_running_loop()
    sandbox = Sandbox(1, Channel(ours), loop.create_future())
    zygote: Any = Zygote()
    options = Options(
        timeout_s=timeout_s,
        memory_bytes=1 << 40,
        result_max_bytes=TOTAL,
        output_max_bytes=TOTAL,
        seed=None,
    )
    call = Call(zygote, ReadySandbox(sandbox, MemoryMeter(os.getpid())), options, watch)
    outbox = Outbox()
    talk = loop.sock_sendall(theirs, b"".join(map(written, says)))
    talking = asyncio.ensure_future(talk)
    returned: list[int] = []
    places = transfers or Transfers(most=4, most_bytes=1 << 40, pace=FAST)
    running = asyncio.create_task(call.conduct(RUN, NO_ARGUMENTS, outbox, places, returned.append))
    try:
        yield Conducted(call, outbox, running, returned)
    finally:
        await call.end()
        theirs.close()
        talking.cancel()
        await asyncio.gather(talking, running, return_exceptions=True)


async def take(outbox: Outbox, count: int) -> list[Item]:
    return [await anext(outbox) for _ in range(count)]


async def test_a_caller_may_take_longer_for_a_result_than_the_technique_took(watch: Watch) -> None:
    async with conducting(watch, *RESULT, job.Returned(0.0), timeout_s=0.3) as this:
        items: list[Item] = []
        for _ in range(PIECES):
            await asyncio.sleep(0.1)
            items += await take(this.outbox, 1)
        assert sum(len(item.data) for item in items if isinstance(item, job.Chunk)) == TOTAL
        assert isinstance(await this.running, job.Returned)
        assert this.call.wall_clock_s < 0.3


async def test_who_waits_for_a_caller_has_no_slot(watch: Watch) -> None:
    async with conducting(watch, *RESULT, job.Returned(0.0), timeout_s=0.3) as this:
        await asyncio.sleep(0.1)
        assert len(this.returned) == 1
        await take(this.outbox, PIECES)
        await this.running
        assert len(this.returned) == 1


async def test_a_result_that_is_taken_at_once_needs_no_place(watch: Watch) -> None:
    none = Transfers(most=0, most_bytes=1, pace=FAST)
    small = [job.Chunk(b"x", 1), job.Returned(0.0)]
    async with conducting(watch, *small, timeout_s=5, transfers=none) as this:
        assert isinstance(await asyncio.wait_for(this.running, 2), job.Returned)
        assert this.returned == []


async def test_what_is_left_of_the_techniques_time_still_runs_out(watch: Watch) -> None:
    """A sandbox that begins a result, makes the front wait for the caller, and falls silent."""
    async with conducting(watch, *RESULT[:-1], timeout_s=0.3) as this:
        await asyncio.sleep(0.2)
        await take(this.outbox, PIECES - 1)
        with pytest.raises(Refusal) as caught:
            await asyncio.wait_for(this.running, 1)
        assert caught.value.reason is Reason.TIMEOUT
        assert "the technique ran longer" in str(caught.value)


async def test_a_caller_who_takes_no_result_is_given_up(watch: Watch) -> None:
    async with conducting(watch, *RESULT, job.Returned(0.0), timeout_s=20) as this:
        with pytest.raises(Refusal) as caught:
            await asyncio.wait_for(this.running, 2)
        assert caught.value.reason is Reason.TIMEOUT
        assert "the caller did not take its result" in str(caught.value)


async def test_a_piece_now_and_then_is_not_enough(watch: Watch) -> None:
    """One each time would keep a sandbox for hours."""
    pace = Pace(window_s=0.5, window_bytes=4 << 20)
    places = Transfers(most=4, most_bytes=1 << 40, pace=pace)
    async with conducting(
        watch, *RESULT, job.Returned(0.0), timeout_s=20, transfers=places
    ) as this:
        taken = 0
        while not this.running.done():
            await take(this.outbox, 1)
            taken += 1
            await asyncio.wait({this.running}, timeout=0.2)
        assert 0 < taken < PIECES
        with pytest.raises(Refusal):
            await this.running


async def test_one_who_waits_for_a_place_is_told_so(watch: Watch) -> None:
    none = Transfers(most=0, most_bytes=1, pace=FAST)
    async with conducting(watch, *RESULT, job.Returned(0.0), timeout_s=20, transfers=none) as this:
        with pytest.raises(Refusal) as caught:
            await asyncio.wait_for(this.running, 2)
        assert caught.value.reason is Reason.BUSY


async def test_a_technique_that_computes_on_is_ended(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a caller that takes its time: what computes needs a slot."""
    monkeypatch.setattr(call_module, "_SENDING_CPU_S", 0.1)
    monkeypatch.setattr(call_module, "_SENDING_BYTES_PER_S", 1 << 50)
    slow = Transfers(most=4, most_bytes=1 << 40, pace=Pace(window_s=20))
    async with conducting(watch, *RESULT, job.Returned(0.0), timeout_s=20, transfers=slow) as this:
        until = time.monotonic() + 20  # its meter is this process's
        while time.monotonic() < until and not this.running.done():
            sum(range(1000))
            await asyncio.sleep(0)
        with pytest.raises(Refusal) as caught:
            await asyncio.wait_for(this.running, 2)
        assert caught.value.reason is Reason.TIMEOUT
        assert "went on computing after it had returned" in str(caught.value)


async def test_output_that_waits_for_its_caller_is_the_techniques_time(watch: Watch) -> None:
    prints = [job.Printed("stdout", "x" * 30_000)] * 60
    async with conducting(watch, *prints, job.Returned(0.0), timeout_s=0.3) as this:
        with pytest.raises(Refusal) as caught:
            await asyncio.wait_for(this.running, 2)
        assert "the technique ran longer" in str(caught.value)


async def test_the_thread_keeps_the_time_where_the_loop_does_not(watch: Watch) -> None:
    """The loop is held up for longer than the call may run; then it hears what has happened."""
    killed = []
    async with conducting(watch, timeout_s=0.2) as this:
        await asyncio.sleep(0.05)
        kill = this.call._watched._kill
        this.call._watched._kill = lambda: (killed.append(time.monotonic()), kill())[0]
        began = time.monotonic()
        time.sleep(0.6)
        assert killed
        assert killed[0] - began < 0.4
        with pytest.raises(Refusal) as caught:
            await asyncio.wait_for(this.running, 1)
        assert "the technique ran longer than 0.2 s" in str(caught.value)


def piece(count: int) -> bytes:
    return pb.ExecuteUploadRequest(data=bytes(count)).SerializeToString()


@contextlib.asynccontextmanager
async def uploading(
    watch: Watch, arguments: Arguments, transfers: Transfers
) -> AsyncIterator[asyncio.Task[None]]:
    async with conducting(watch, timeout_s=20) as this:
        this.running.cancel()

        async def upload() -> None:
            async with transfers.place("send its arguments", arguments.size) as transfer:
                await this.call.upload(RUN, arguments, transfer)

        running = asyncio.create_task(upload())
        yield running
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_sandbox_that_does_not_read_holds_the_upload_back(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_module, "_TAKING_S", 0.5)
    asked: list[int] = []

    async def next_piece() -> bytes:
        asked.append(1)
        return piece(1 << 20)

    arguments = Arguments(1 << 30, 0, upload=next_piece)
    places = Transfers(most=1, most_bytes=1 << 40, pace=FAST)
    async with uploading(watch, arguments, places) as running:
        with pytest.raises(Refusal) as caught:
            await asyncio.wait_for(running, 2)
        assert "did not take its arguments" in str(caught.value)
        assert len(asked) < 4


async def test_a_caller_who_does_not_upload_is_given_up(watch: Watch) -> None:
    async def silence() -> bytes:
        await asyncio.sleep(60)
        return b""

    arguments = Arguments(1 << 30, 0, upload=silence)
    places = Transfers(most=1, most_bytes=1 << 40, pace=FAST)
    async with uploading(watch, arguments, places) as running:
        with pytest.raises(Refusal) as caught:
            await asyncio.wait_for(running, 3)
        assert "the caller did not send its arguments" in str(caught.value)
        assert caught.value.reason is Reason.TIMEOUT
