"""Places to run, places to wait, and the door."""

from __future__ import annotations

import asyncio

import pytest
from cloche.reason import Reason
from cloche_server.front.admission import Admission, Unread
from cloche_server.front.refusal import Refusal


async def test_as_many_run_as_there_are_places() -> None:
    admission = Admission(concurrent=2, queued=10)
    running = most = 0

    async def call() -> None:
        nonlocal running, most
        async with admission.place():
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.01)
            running -= 1

    await asyncio.gather(*(call() for _ in range(8)))
    assert most == 2


async def test_a_full_queue_refuses_and_recovers() -> None:
    admission = Admission(concurrent=1, queued=1)
    release = asyncio.Event()

    async def call() -> None:
        async with admission.place():
            await release.wait()

    calls = [asyncio.create_task(call()) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Refusal) as caught:
        async with admission.place():
            pass
    assert caught.value.reason is Reason.BUSY
    assert caught.value.retry_after_s > 0
    release.set()
    await asyncio.gather(*calls)
    async with admission.place():
        pass


async def test_one_who_gives_up_waiting_frees_the_place_in_the_queue() -> None:
    admission = Admission(concurrent=1, queued=1)
    async with admission.place():
        waiting = asyncio.create_task(admission.place().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        next_one = asyncio.create_task(admission.place().__aenter__())
        await asyncio.sleep(0)
        assert not next_one.done()
    await next_one


def test_what_lies_unread_is_bounded() -> None:
    unread = Unread(100)
    unread.add(60)
    unread.require_room()
    unread.add(60)
    with pytest.raises(Refusal) as caught:
        unread.require_room()
    assert caught.value.reason is Reason.BUSY
    assert caught.value.retry_after_s > 0
    unread.remove(60)
    unread.require_room()
