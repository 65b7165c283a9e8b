"""The sum of what calls may add to memory."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from cloche.contract.reason import Reason
from cloche_server.front.memory_share import _MOST_BEFORE, MemoryShare, MemoryShares
from cloche_server.refusal import Refusal


async def taken(shares: MemoryShares, count: int) -> MemoryShare:
    share = MemoryShare(shares)
    async with asyncio.timeout(1):
        await share.take(count)
    return share


async def waiting(shares: MemoryShares, count: int, held: int = 0) -> asyncio.Task[None]:
    share = MemoryShare(shares)
    share.hold(held)
    task = asyncio.create_task(share.take(count))
    await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_a_call_waits_until_its_share_is_free() -> None:
    shares = MemoryShares(10)
    first = await taken(shares, 6)
    second = await waiting(shares, 5)
    first.end()
    await second
    assert shares.free_bytes == 5


async def test_a_large_call_that_waits_does_not_keep_small_ones_from_what_is_free() -> None:
    shares = MemoryShares(10)
    first = await taken(shares, 6)
    large = [await waiting(shares, 10) for _ in range(3)]
    (await taken(shares, 2)).end()
    assert not any(task.done() for task in large)
    first.end()
    await large[0]
    assert not large[1].done()
    for task in large[1:]:
        task.cancel()


async def test_a_large_call_is_not_overtaken_for_ever() -> None:
    shares = MemoryShares(10)
    first = await taken(shares, 6)
    large = await waiting(shares, 10)
    for _ in range(_MOST_BEFORE):
        (await taken(shares, 1)).end()
    small = await waiting(shares, 1)
    first.end()
    await large
    assert not small.done()
    small.cancel()


async def test_a_call_that_could_never_fit_gets_all() -> None:
    shares = MemoryShares(10)
    share = await taken(shares, 99)
    assert share.held_bytes == 10
    share.end()
    share.end()
    assert shares.free_bytes == 10


async def test_who_leaves_the_queue_lets_the_next_in() -> None:
    shares = MemoryShares(10)
    first = await taken(shares, 6)
    large = await waiting(shares, 10)
    small = await waiting(shares, 9)
    large.cancel()
    with pytest.raises(asyncio.CancelledError):
        await large
    assert not small.done()
    first.end()
    await small
    assert shares.free_bytes == 1


async def test_a_share_that_comes_as_its_caller_leaves_is_given_back() -> None:
    shares = MemoryShares(10)
    first = await taken(shares, 10)
    second = await waiting(shares, 10)
    first.end()
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    assert (await taken(shares, 10)).held_bytes == 10


async def test_what_computes_nothing_takes_at_once_and_those_that_compute_give_it_room() -> None:
    shares = MemoryShares(10)
    computing = await taken(shares, 9)
    slow = MemoryShare(shares)
    slow.hold(4)
    assert shares.free_bytes == -3
    computing.end()
    await taken(shares, 6)
    assert shares.free_bytes == 0


async def test_a_call_that_has_returned_holds_only_its_result() -> None:
    shares = MemoryShares(10)
    first = await taken(shares, 10)
    second = await waiting(shares, 8)
    first.hold(2)
    await second
    assert shares.free_bytes == 0


async def test_slow_uploads_and_results_keep_nobody_from_computing() -> None:
    """Not even where they hold everything, and each waits for more than there is."""
    shares = MemoryShares(10)
    slow = [MemoryShare(shares) for _ in range(4)]
    for share in slow:
        share.hold(3)
    await taken(shares, 10)
    second = await waiting(shares, 10, held=3)
    for share in slow:
        share.end()
    assert not second.done()
    second.cancel()


async def test_while_a_call_waits_others_are_asked_to_end() -> None:
    shares = MemoryShares(10)
    slow = MemoryShare(shares)
    await slow.take(10)
    slow.hold(10)
    first = await taken(shares, 1)
    shares.while_waited_for(slow.end)
    assert slow.held_bytes == 10
    await taken(shares, 8)
    assert slow.held_bytes == 0
    first.end()


async def test_a_tenants_calls_together_have_no_more_than_it_may() -> None:
    shares = MemoryShares(100)

    def of(owner: str, most: int) -> MemoryShare:
        return MemoryShare(shares, owner=owner, most_of_owner=most)

    first = of("alice", 50)
    await first.take(30)
    with pytest.raises(Refusal, match="the calls of alice together may add 50 bytes") as caught:
        await of("alice", 50).take(30)
    assert caught.value.reason is Reason.BUSY
    other = of("bob", 80)
    await other.take(70)
    # One that waits for the sum of all is counted already, and no more once it has given up.
    third = asyncio.create_task(of("alice", 50).take(20))
    await asyncio.sleep(0)
    with pytest.raises(Refusal):
        await of("alice", 50).take(1)
    third.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await third
    other.end()
    fourth = of("alice", 50)
    await fourth.take(20)
    for share in (first, fourth):
        share.end()
    assert (await taken(shares, 100)).held_bytes == 100
