"""Whose time runs out: the technique's, or that of a caller who does not take a result."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from cloche.status import Reason
from cloche.v1 import execution_pb2 as pb
from cloche_server.front import call as call_module
from cloche_server.front.arguments import NO_ARGUMENTS, Arguments
from cloche_server.front.call import Call
from cloche_server.front.channel import Channel
from cloche_server.front.memory import MemoryMeter
from cloche_server.front.options import Options
from cloche_server.front.outbox import Item, Outbox
from cloche_server.front.pool import ReadySandbox
from cloche_server.front.refusal import Refusal
from cloche_server.front.zygote import Sandbox
from cloche_server.ipc import job

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

    async def signal(self, sandbox: Sandbox) -> None:
        raise AssertionError("this process has not ended")


@contextlib.asynccontextmanager
async def conducting(
    *says: job.FromSandbox, timeout_s: float, arguments: Arguments = NO_ARGUMENTS
) -> AsyncIterator[tuple[Call, Outbox, asyncio.Task[job.Answer]]]:
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
    call = Call(zygote, ReadySandbox(sandbox, MemoryMeter(os.getpid())), options)
    outbox = Outbox()
    talk = loop.sock_sendall(theirs, b"".join(map(written, says)))
    talking = asyncio.ensure_future(talk)
    running = asyncio.create_task(call.conduct(RUN, arguments, outbox))
    try:
        yield call, outbox, running
    finally:
        await call.end()
        theirs.close()
        talking.cancel()
        await asyncio.gather(talking, running, return_exceptions=True)


async def take(outbox: Outbox, count: int) -> list[Item]:
    return [await anext(outbox) for _ in range(count)]


async def test_a_caller_may_take_longer_for_a_result_than_the_technique_took() -> None:
    async with conducting(*RESULT, job.Returned(0.0), timeout_s=0.3) as (call, outbox, running):
        await asyncio.sleep(0.8)
        assert not running.done()
        items = await take(outbox, PIECES)
        assert sum(len(item.data) for item in items if isinstance(item, job.Chunk)) == TOTAL
        assert isinstance(await running, job.Returned)
        assert call.wall_clock_s < 0.3


async def test_what_is_left_of_the_techniques_time_still_runs_out() -> None:
    """A sandbox that begins a result, makes the front wait for the caller, and falls silent."""
    async with conducting(*RESULT[:-1], timeout_s=0.3) as (_call, outbox, running):
        await asyncio.sleep(0.6)
        await take(outbox, PIECES - 1)
        with pytest.raises(Refusal) as caught:
            await asyncio.wait_for(running, 1)
        assert caught.value.reason is Reason.TIMEOUT
        assert "the technique ran longer" in str(caught.value)


async def test_a_caller_who_takes_no_result_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_module, "_PATIENCE_S", 0.3)
    monkeypatch.setattr(call_module, "_SLOWEST_BYTES_PER_S", 1 << 40)
    async with conducting(*RESULT, job.Returned(0.0), timeout_s=20) as (_call, _outbox, running):
        with pytest.raises(Refusal) as caught:
            await asyncio.wait_for(running, 2)
        assert caught.value.reason is Reason.TIMEOUT
        assert f"the caller did not take a result of {TOTAL} bytes" in str(caught.value)


async def test_patience_is_for_the_whole_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for each piece: one piece now and then would keep a place for hours."""
    monkeypatch.setattr(call_module, "_PATIENCE_S", 0.5)
    monkeypatch.setattr(call_module, "_SLOWEST_BYTES_PER_S", 1 << 40)
    async with conducting(*RESULT, job.Returned(0.0), timeout_s=20) as (_call, outbox, running):
        taken = 0
        while not running.done():
            await take(outbox, 1)
            taken += 1
            await asyncio.wait({running}, timeout=0.2)
        assert 0 < taken < PIECES
        with pytest.raises(Refusal):
            await running


async def test_output_that_waits_for_its_caller_is_the_techniques_time() -> None:
    prints = [job.Printed("stdout", "x" * 30_000)] * 60
    async with conducting(*prints, job.Returned(0.0), timeout_s=0.3) as (_call, _outbox, running):
        with pytest.raises(Refusal) as caught:
            await asyncio.wait_for(running, 2)
        assert "the technique ran longer" in str(caught.value)


def upload(count: int, *, then_waits: bool = False) -> tuple[Arguments, list[int]]:
    """Arguments in pieces of a MiB, and how many have been asked for."""
    asked: list[int] = []

    async def pieces() -> AsyncIterator[pb.ExecuteUploadRequest]:
        for number in range(count):
            asked.append(number)
            yield pb.ExecuteUploadRequest(data=bytes(1 << 20))
        if then_waits:
            await asyncio.sleep(60)

    return Arguments(1 << 30, 0, upload=pieces()), asked


async def test_a_sandbox_that_does_not_read_holds_the_upload_back_and_runs_out_of_time() -> None:
    arguments, asked = upload(1024)
    async with conducting(timeout_s=0.5, arguments=arguments) as (_call, _outbox, running):
        with pytest.raises(Refusal) as caught:
            await asyncio.wait_for(running, 2)
        assert "the technique ran longer" in str(caught.value)
        assert len(asked) < 4


async def test_a_caller_who_does_not_upload_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """In its own time: the technique's has not begun."""
    monkeypatch.setattr(call_module, "_PATIENCE_S", 0.8)
    monkeypatch.setattr(call_module, "_SLOWEST_BYTES_PER_S", 1 << 40)
    arguments, _ = upload(0, then_waits=True)
    async with conducting(timeout_s=0.2, arguments=arguments) as (call, _outbox, running):
        with pytest.raises(Refusal) as caught:
            await asyncio.wait_for(running, 3)
        assert f"the caller did not send arguments of {1 << 30} bytes" in str(caught.value)
        assert caught.value.reason is Reason.TIMEOUT
        assert call.wall_clock_s >= 0.8
