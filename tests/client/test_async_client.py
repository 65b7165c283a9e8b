"""AsyncInterpClient: what InterpClient gives, without blocking the loop; cancelling ends calls."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from cloche import (
    Accepted,
    AsyncInterpClient,
    Done,
    InterpClient,
    InvalidRequestError,
    MapError,
    Output,
    TechniqueError,
)
from cloche.v1 import execution_pb2 as pb

from tests.client.support.fake_server import (
    FakeService,
    failing,
    printed,
    returning,
    running_it,
)
from tests.client.test_map import DOUBLE, Slow, fails_on

if TYPE_CHECKING:
    from pathlib import Path


@pytest_asyncio.fixture
async def made(address: str) -> AsyncIterator[AsyncInterpClient]:
    async with AsyncInterpClient(address=address, progress=False, connect_timeout=5) as client:
        yield client


async def test_run(made: AsyncInterpClient, service: FakeService) -> None:
    service.handler = running_it
    assert await made.run(DOUBLE, 4, add=1) == 9


async def test_a_failure(made: AsyncInterpClient, service: FakeService) -> None:
    service.handler = failing(pb.TechniqueFailure(type="ValueError", message="no"))
    with pytest.raises(TechniqueError, match="ValueError: no"):
        await made.run(DOUBLE, 4)


async def test_many_at_once(made: AsyncInterpClient, service: FakeService) -> None:
    service.handler = running_it
    results = await asyncio.gather(*(made.run(DOUBLE, n) for n in range(20)))
    assert results == [2 * n for n in range(20)]


async def test_the_loop_goes_on_meanwhile(made: AsyncInterpClient, service: FakeService) -> None:
    service.handler = slow = Slow()
    call = asyncio.create_task(made.run(DOUBLE, 4))
    await asyncio.sleep(0.05)
    assert not call.done()
    slow.go.release()
    assert await call == 4


async def test_cancelling_the_task_ends_the_call(
    made: AsyncInterpClient, service: FakeService
) -> None:
    service.handler = slow = Slow()
    call = asyncio.create_task(made.run(DOUBLE, 4))
    assert await asyncio.to_thread(slow.arrived.acquire, timeout=5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await asyncio.to_thread(slow.ended.acquire, timeout=5)


async def test_a_timeout_of_the_callers_own(made: AsyncInterpClient, service: FakeService) -> None:
    service.handler = slow = Slow()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await made.run(DOUBLE, 4)
    assert await asyncio.to_thread(slow.ended.acquire, timeout=5)


async def test_stream(made: AsyncInterpClient, service: FakeService) -> None:
    service.handler = returning(7, printed("hello"))
    kinds = [type(event) async for event in made.stream(DOUBLE, 4)]
    assert kinds == [Accepted, Output, Done]


async def test_leaving_a_stream_ends_the_call(
    made: AsyncInterpClient, service: FakeService
) -> None:
    service.handler = slow = Slow()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.3), contextlib.aclosing(made.stream(DOUBLE, 4)) as events:
            async for _ in events:
                pass
    assert await asyncio.to_thread(slow.ended.acquire, timeout=5)


async def test_map(made: AsyncInterpClient, service: FakeService) -> None:
    service.handler = fails_on(1)
    assert await made.map(DOUBLE, [0, 2]) == [0, 2]
    with pytest.raises(MapError, match="1 of 3"):
        await made.map(DOUBLE, range(3))


async def test_as_completed(made: AsyncInterpClient, service: FakeService) -> None:
    service.handler = running_it
    results = {i.index: i.result async for i in made.as_completed(DOUBLE, [3, 4], concurrency=1)}
    assert results == {0: 6, 1: 8}


async def test_cancelling_a_map_ends_its_calls(
    made: AsyncInterpClient, service: FakeService
) -> None:
    service.handler = slow = Slow()
    mapping = asyncio.create_task(made.map(DOUBLE, range(100), concurrency=2))
    for _ in range(2):
        assert await asyncio.to_thread(slow.arrived.acquire, timeout=5)
    mapping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await mapping
    for _ in range(2):
        assert await asyncio.to_thread(slow.ended.acquire, timeout=5)


async def test_the_rest_of_the_surface(
    made: AsyncInterpClient, service: FakeService, address: str, tmp_path: Path
) -> None:
    assert (await made.info()).model.name == "tiny"
    assert await made.check(DOUBLE) == ()
    assert made.address == address
    view = made.with_options(seed=3)
    assert (view.options.seed, made.options.seed) == (3, None)
    await view.close()
    (tmp_path / "double.py").write_text(DOUBLE)
    assert list(made.load_techniques_from_dir(tmp_path)) == ["double"]
    service.handler = returning(1)
    assert await made.run(DOUBLE, 1) == 1, "closing a view closes nothing"


async def test_not_open_yet() -> None:
    client = AsyncInterpClient(address="127.0.0.1:1")
    with pytest.raises(InvalidRequestError, match="not open yet"):
        await client.run(DOUBLE, 1)
    await client.close()


async def test_wrong_arguments() -> None:
    with pytest.raises(TypeError, match="adress"):
        AsyncInterpClient(adress="127.0.0.1:1")
    with pytest.raises(InvalidRequestError, match="host:port"):
        await AsyncInterpClient(address="nowhere").__aenter__()


async def test_closed(made: AsyncInterpClient) -> None:
    await made.close()
    await made.close()
    with pytest.raises(InvalidRequestError, match="closed"):
        await made.run(DOUBLE, 1)


def test_nothing_of_the_surface_is_missing() -> None:
    def public(kind: type) -> set[str]:
        return {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}

    assert public(AsyncInterpClient) == public(InterpClient)


async def test_a_busy_loop_of_short_calls(made: AsyncInterpClient, service: FakeService) -> None:
    """Tasks cancelled at every moment of their call leave nothing behind that blocks the next."""
    service.handler = running_it
    for delay in (0.0, 0.001, 0.003, 0.01):
        tasks = [asyncio.create_task(made.run(DOUBLE, n)) for n in range(100)]
        await asyncio.sleep(delay)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    started = time.monotonic()
    assert await made.run(DOUBLE, 1) == 2
    assert time.monotonic() - started < 5
