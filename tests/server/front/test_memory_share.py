"""The sum of what calls may add to memory."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from cloche.reason import Reason
from cloche_server.front.memory_share import MemoryShares
from cloche_server.front.refusal import Refusal


async def waiting(shares: MemoryShares, count: int) -> asyncio.Task[int]:
    task = asyncio.create_task(shares.take(count))
    await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_a_call_waits_until_its_share_is_free() -> None:
    shares = MemoryShares(10)
    assert await shares.take(6) == 6
    second = await waiting(shares, 5)
    shares.give_back(6)
    assert await second == 5


async def test_a_large_call_is_not_overtaken() -> None:
    shares = MemoryShares(10)
    await shares.take(6)
    large = await waiting(shares, 10)
    small = await waiting(shares, 1)
    shares.give_back(6)
    assert await large == 10
    assert not small.done()
    shares.give_back(10)
    assert await small == 1


async def test_a_call_that_could_never_fit_gets_all() -> None:
    shares = MemoryShares(10)
    assert await shares.take(99) == 10


async def test_who_leaves_the_queue_lets_the_next_in() -> None:
    shares = MemoryShares(10)
    await shares.take(6)
    large = await waiting(shares, 10)
    small = await waiting(shares, 4)
    large.cancel()
    with pytest.raises(asyncio.CancelledError):
        await large
    assert await small == 4


async def test_a_share_that_comes_as_its_caller_leaves_is_given_back() -> None:
    shares = MemoryShares(10)
    await shares.take(10)
    second = await waiting(shares, 10)
    shares.give_back(10)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    assert await shares.take(10) == 10


async def test_a_tenants_calls_together_have_no_more_than_it_may() -> None:
    shares = MemoryShares(100)
    first = await shares.take(30, owner="alice", most=50)
    with pytest.raises(Refusal, match="the calls of alice together may add 50 bytes") as caught:
        await shares.take(30, owner="alice", most=50)
    assert caught.value.reason is Reason.BUSY
    other = await shares.take(70, owner="bob", most=80)
    # One that waits for the sum of all is counted already, and no more once it has given up.
    third = asyncio.create_task(shares.take(20, owner="alice", most=50))
    await asyncio.sleep(0)
    with pytest.raises(Refusal):
        await shares.take(1, owner="alice", most=50)
    third.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await third
    shares.give_back(other, "bob")
    shares.give_back(await shares.take(20, owner="alice", most=50), "alice")
    shares.give_back(first, "alice")
    assert await shares.take(100) == 100
