"""What waits for a caller: in order, joined, bounded, and told how it ended."""

from __future__ import annotations

import asyncio

import pytest
from cloche.contract.status import Reason
from cloche_server.front.outbox import Item, Outbox
from cloche_server.ipc import job
from cloche_server.refusal import Refusal


async def read(outbox: Outbox) -> list[Item]:
    return [item async for item in outbox]


async def test_prints_that_wait_together_are_joined_and_order_is_kept() -> None:
    outbox = Outbox()
    for item in (
        job.Printed("stdout", "a"),
        job.Printed("stdout", "b"),
        job.Printed("stderr", "c"),
        job.Printed("stdout", "d"),
        job.Progressed(1.0, None, ""),
        job.Printed("stdout", "e"),
        job.Chunk(b"1", 2),
        job.Chunk(b"2", 2),
    ):
        outbox.put(item)
    outbox.close()
    assert await read(outbox) == [
        job.Printed("stdout", "ab"),
        job.Printed("stderr", "c"),
        job.Printed("stdout", "d"),
        job.Progressed(1.0, None, ""),
        job.Printed("stdout", "e"),
        job.Chunk(b"1", 2),
        job.Chunk(b"2", 2),
    ]


async def test_no_more_prints_are_joined_than_one_message_may_hold() -> None:
    outbox = Outbox()
    texts = [chr(ord("a") + n) * 30_000 for n in range(5)] + ["f"] * 30
    for text in texts:
        outbox.put(job.Printed("stdout", text))
    outbox.close()
    items = await read(outbox)
    assert [len(item.text) for item in items if isinstance(item, job.Printed)] == [
        60_000,
        60_000,
        30_030,
    ]
    assert "".join(item.text for item in items if isinstance(item, job.Printed)) == "".join(texts)


async def test_a_writer_waits_for_a_slow_reader_and_no_longer() -> None:
    outbox = Outbox()
    written = 0

    async def write() -> None:
        nonlocal written
        for _ in range(100):
            await outbox.room()
            outbox.put(job.Chunk(b"x" * 100_000, 10_000_000))
            written += 1
        outbox.close()

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.01)
    assert 0 < written < 10
    assert len(await asyncio.wait_for(read(outbox), 5)) == 100
    await writing


async def test_empty_items_fill_it_too() -> None:
    outbox = Outbox()
    count = 0
    while not outbox.full:
        outbox.put(job.Progressed(0.0, None, ""))
        count += 1
    assert count < 10_000


async def test_a_failure_comes_after_what_was_put_before() -> None:
    outbox = Outbox()
    outbox.put(job.Printed("stdout", "last"))
    outbox.fail(Refusal(Reason.TIMEOUT, "late"))
    outbox.fail(Refusal(Reason.SANDBOX_DIED, "later"))
    outbox.close()
    items = aiter(outbox)
    assert await anext(items) == job.Printed("stdout", "last")
    with pytest.raises(Refusal, match=r"^late$"):
        await anext(items)


async def test_a_reader_that_waits_is_woken_by_each_end() -> None:
    for end in (Outbox.close, lambda outbox: outbox.fail(Refusal(Reason.TIMEOUT, "late"))):
        outbox = Outbox()
        reading = asyncio.create_task(read(outbox))
        await asyncio.sleep(0)
        end(outbox)
        (found,) = await asyncio.wait_for(asyncio.gather(reading, return_exceptions=True), 1)
        assert found == [] or isinstance(found, Refusal)
