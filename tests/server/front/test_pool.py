"""What a sandbox does ahead of its call is done where nobody waits for sandboxes."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator

import pytest
from cloche_server.front.channel import Channel
from cloche_server.front.pool import Pool
from cloche_server.front.zygote import Sandbox
from cloche_server.ipc import job

from tests.support.frames import written


class Zygote:
    """Forks nothing: a sandbox is ready when `ready` is set, and stands for this process."""

    def __init__(self) -> None:
        self.ahead: list[bool] = []
        self.ready = asyncio.Event()
        self.ready.set()
        self._ends: list[socket.socket] = []

    async def spawn(self, *, ahead: bool) -> Sandbox:
        self.ahead.append(ahead)
        ours, theirs = socket.socketpair()
        self._ends += (ours, theirs)
        theirs.sendall(written(job.Ready(pid=os.getpid())))
        return Sandbox(len(self.ahead), Channel(ours), asyncio.Future())

    async def greet(self, sandbox: Sandbox) -> None:
        await self.ready.wait()

    def close(self) -> None:
        for end in self._ends:
            end.close()


@pytest.fixture
async def zygote() -> AsyncIterator[Zygote]:
    made = Zygote()
    yield made
    made.close()


@pytest.fixture
async def pool(zygote: Zygote) -> AsyncIterator[Pool]:
    made = Pool(zygote, size=2)  # type: ignore[arg-type]
    made.refill()
    yield made
    await made.drain()


async def settled(pool: Pool) -> None:
    while pool.ready < 2:
        await asyncio.sleep(0)


async def test_a_pool_that_is_filled_in_peace_prepares_ahead(zygote: Zygote, pool: Pool) -> None:
    await settled(pool)
    (await pool.take()).memory.close()
    pool.refill()
    await settled(pool)
    assert zygote.ahead == [True] * 3


async def test_where_calls_come_faster_nothing_is_done_ahead(zygote: Zygote, pool: Pool) -> None:
    await settled(pool)
    zygote.ready.clear()
    for _ in range(2):
        (await pool.take()).memory.close()
    pool.refill()
    waiting = asyncio.create_task(pool.take())
    while zygote.ahead != [True] * 4:
        await asyncio.sleep(0)
    pool.refill()
    zygote.ready.set()
    (await waiting).memory.close()
    await settled(pool)
    assert zygote.ahead == [True] * 4 + [False]
    (await pool.take()).memory.close()
    pool.refill()
    await settled(pool)
    assert zygote.ahead == [True] * 4 + [False, True], "and once they do not, it is again"
