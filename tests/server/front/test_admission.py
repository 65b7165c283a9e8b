"""Slots to compute in, a queue before them, and the door."""

from __future__ import annotations

import asyncio

import pytest
from cloche.reason import Reason
from cloche_server.front.admission import Admission
from cloche_server.front.refusal import Refusal


async def test_as_many_run_as_there_are_slots() -> None:
    admission = Admission(concurrent=2, queued=10)
    running = most = 0

    async def call() -> None:
        nonlocal running, most
        slot = await admission.slot()
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        slot.give_back()

    await asyncio.gather(*(call() for _ in range(8)))
    assert most == 2


async def test_a_full_queue_refuses_and_recovers() -> None:
    admission = Admission(concurrent=1, queued=1)
    first = await admission.slot()
    waiting = asyncio.create_task(admission.slot())
    await asyncio.sleep(0)
    for refuses in (admission.slot, lambda: asyncio.to_thread(admission.require_room)):
        with pytest.raises(Refusal) as caught:
            await refuses()
        assert caught.value.reason is Reason.BUSY
        assert caught.value.retry_after_s > 0
    first.give_back()
    (await waiting).give_back()
    admission.require_room()
    (await admission.slot()).give_back()


async def test_one_that_was_admitted_waits_although_the_queue_is_full() -> None:
    admission = Admission(concurrent=1, queued=1)
    first = await admission.slot()
    waiting = [
        asyncio.create_task(admission.slot()),
        asyncio.create_task(admission.slot(admitted=True)),
    ]
    await asyncio.sleep(0)
    first.give_back()
    for each in waiting:
        (await each).give_back()


async def test_a_slot_is_given_back_once() -> None:
    admission = Admission(concurrent=1, queued=5)
    slot = await admission.slot()
    slot.give_back()
    slot.give_back()
    await admission.slot()
    waiting = asyncio.create_task(admission.slot())
    await asyncio.sleep(0.01)
    assert not waiting.done()
    waiting.cancel()


async def test_one_who_gives_up_waiting_frees_the_place_in_the_queue() -> None:
    admission = Admission(concurrent=1, queued=1)
    slot = await admission.slot()
    waiting = asyncio.create_task(admission.slot())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    next_one = asyncio.create_task(admission.slot())
    await asyncio.sleep(0)
    assert not next_one.done()
    slot.give_back()
    await next_one
