"""Signs of life on a stream that is silent, over a socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import grpc
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb
from cloche_server.front.heartbeat import Heartbeat
from cloche_server.front.methods import Methods
from cloche_server.front.rpc import Rpc
from cloche_server.refusal import Refusal

EVERY_S = 0.05


@contextlib.asynccontextmanager
async def calling(handler: Callable[[Rpc], Awaitable[None]]) -> AsyncIterator[grpc.aio.Call]:
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((Methods({"/s/m": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield channel.stream_stream("/s/m")(timeout=30)
    finally:
        await server.stop(None)


async def test_what_is_silent_sends_events_without_content() -> None:
    async def handler(rpc: Rpc) -> None:
        async with Heartbeat(rpc, EVERY_S) as heartbeat:
            await asyncio.sleep(10 * EVERY_S)
            await heartbeat.write(b"said")

    async with calling(handler) as call:
        *beats, said = [message async for message in call]
    assert said == b"said"
    assert 2 <= len(beats) <= 10
    assert all(
        pb.ExecuteStreamResponse.FromString(beat).WhichOneof("event") is None for beat in beats
    )


async def test_what_is_not_silent_sends_none() -> None:
    async def handler(rpc: Rpc) -> None:
        async with Heartbeat(rpc, 60.0) as heartbeat:
            for _ in range(100):
                await heartbeat.write(b"said")

    async with calling(handler) as call:
        assert [message async for message in call] == [b"said"] * 100


async def test_a_refusal_after_a_silence_is_told() -> None:
    async def handler(rpc: Rpc) -> None:
        async with Heartbeat(rpc, EVERY_S):
            await asyncio.sleep(3 * EVERY_S)
            raise Refusal(Reason.BUSY, "no room")

    async with calling(handler) as call:
        with contextlib.suppress(grpc.aio.AioRpcError):
            assert {message async for message in call} == {b""}
        assert await call.details() == "no room"


async def test_nothing_is_sent_once_it_is_over() -> None:
    async def handler(rpc: Rpc) -> None:
        async with Heartbeat(rpc, EVERY_S):
            pass
        await asyncio.sleep(4 * EVERY_S)

    async with calling(handler) as call:
        assert [message async for message in call] == []


async def test_a_caller_that_hangs_up_ends_it() -> None:
    ended = asyncio.Event()

    async def handler(rpc: Rpc) -> None:
        try:
            async with Heartbeat(rpc, EVERY_S):
                await asyncio.sleep(60)
        finally:
            ended.set()

    async with calling(handler) as call:
        assert await call.read() == b""
        call.cancel()
        async with asyncio.timeout(10):
            await ended.wait()
