"""Slots to compute in, a queue before them, and the door."""

from __future__ import annotations

import asyncio

import pytest
from cloche.contract.reason import Reason
from cloche_server.front import admission as admission_module
from cloche_server.front.admission import Admission, Wait
from cloche_server.front.fair_queue import FairQueue
from cloche_server.refusal import Refusal
from cloche_server.share import EQUAL, Share


async def test_as_many_run_as_there_are_slots() -> None:
    admission = Admission(concurrent=2, queued=10)
    running = most = 0

    async def call() -> None:
        nonlocal running, most
        slot = await admission.slot("a", within_s=60)
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        slot.give_back()

    await asyncio.gather(*(call() for _ in range(8)))
    assert most == 2


async def test_a_full_queue_refuses_and_recovers() -> None:
    admission = Admission(concurrent=1, queued=1)
    first = await admission.slot("a", within_s=60)
    waiting = asyncio.create_task(admission.slot("a", within_s=60))
    await asyncio.sleep(0)
    for refuses in (
        lambda: admission.slot("a", within_s=60),
        lambda: asyncio.to_thread(admission.require_room, "a"),
    ):
        with pytest.raises(Refusal) as caught:
            await refuses()
        assert caught.value.reason is Reason.BUSY
        assert caught.value.retry_after_s > 0
    first.give_back()
    (await waiting).give_back()
    admission.require_room("a")
    (await admission.slot("a", within_s=60)).give_back()


async def test_one_that_was_admitted_waits_although_the_queue_is_full() -> None:
    admission = Admission(concurrent=1, queued=1)
    first = await admission.slot("a", within_s=60)
    waiting = [
        asyncio.create_task(admission.slot("a", within_s=60)),
        asyncio.create_task(admission.slot("a", within_s=60, admitted=True)),
    ]
    await asyncio.sleep(0)
    first.give_back()
    for each in waiting:
        (await each).give_back()


async def test_a_slot_is_given_back_once() -> None:
    admission = Admission(concurrent=1, queued=5)
    slot = await admission.slot("a", within_s=60)
    slot.give_back()
    slot.give_back()
    await admission.slot("a", within_s=60)
    waiting = asyncio.create_task(admission.slot("a", within_s=60))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    waiting.cancel()


async def test_one_who_gives_up_waiting_frees_the_place_in_the_queue() -> None:
    admission = Admission(concurrent=1, queued=1)
    slot = await admission.slot("a", within_s=60)
    waiting = asyncio.create_task(admission.slot("a", within_s=60))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    next_one = asyncio.create_task(admission.slot("a", within_s=60))
    await asyncio.sleep(0)
    assert not next_one.done()
    slot.give_back()
    await next_one


async def test_a_caller_that_has_nothing_waiting_finds_a_place_and_its_turn() -> None:
    """One with a full queue gives up the last of its calls, and the next turn."""
    admission = Admission(concurrent=1, queued=3)
    first = await admission.slot("loud", within_s=60)
    loud = [asyncio.create_task(admission.slot("loud", within_s=60)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Refusal):
        admission.require_room("loud")
    admission.require_room("quiet")
    quiet = asyncio.create_task(admission.slot("quiet", within_s=60))
    await asyncio.sleep(0)
    with pytest.raises(Refusal, match="fewer calls waiting") as caught:
        await loud[2]
    assert caught.value.reason is Reason.BUSY
    first.give_back()
    (await quiet).give_back()
    for each in loud[:2]:
        (await each).give_back()


async def test_of_a_crowd_of_callers_each_has_its_turn() -> None:
    """As many callers as may be: who comes last waits for one turn of each, and is not refused."""
    admission = Admission(concurrent=2, queued=4)
    running = [await admission.slot("first", within_s=60) for _ in range(2)]
    order: list[str] = []

    async def call(caller: str) -> None:
        slot = await admission.slot(caller, within_s=60)
        order.append(caller)
        await asyncio.sleep(0.001)
        slot.give_back()

    calls = [asyncio.create_task(call(f"crowd {n % 50}")) for n in range(50)]
    await asyncio.sleep(0)
    last = asyncio.create_task(call("honest"))
    again = [asyncio.create_task(call(f"crowd {n}")) for n in range(50)]
    await asyncio.sleep(0)
    for slot in running:
        slot.give_back()
    await last
    told = await asyncio.gather(*calls, *again, return_exceptions=True)
    assert order.index("honest") <= 51
    refused = [each for each in told if isinstance(each, Refusal)]
    assert len(refused) == 50  # the second of each, beyond the queue


@pytest.mark.parametrize("admitted", [False, True])
async def test_a_call_that_waited_for_its_own_timeout_is_not_run(admitted: bool) -> None:
    admission = Admission(concurrent=1, queued=5)
    first = await admission.slot("a", within_s=60)
    with pytest.raises(Refusal, match=r"waited for 0\.05 s") as caught:
        await admission.slot("b", within_s=0.05, admitted=admitted)
    assert caught.value.reason is Reason.BUSY
    first.give_back()
    (await admission.slot("b", within_s=60)).give_back()


async def test_cancelled_at_any_moment_it_keeps_no_slot() -> None:
    for turns in range(6):
        admission = Admission(concurrent=1, queued=5)
        first = await admission.slot("a", within_s=60)
        waiting = asyncio.create_task(admission.slot("b", within_s=60))
        for turn in range(turns):
            await asyncio.sleep(0)
            if turn == 2:
                first.give_back()
        first.give_back()
        waiting.cancel()
        for found in await asyncio.gather(waiting, return_exceptions=True):
            if not isinstance(found, asyncio.CancelledError):
                assert not isinstance(found, BaseException)
                found.give_back()
        slot = await asyncio.wait_for(admission.slot("c", within_s=60), 1)
        slot.give_back()


async def test_whoever_uses_most_waits_longest() -> None:
    """By seconds, not by calls: after a long one come others' short ones."""
    admission = Admission(concurrent=1, queued=20)
    order: list[str] = []

    async def call(caller: str, seconds: float) -> None:
        slot = await admission.slot(caller, within_s=60)
        order.append(caller)
        await asyncio.sleep(seconds)
        slot.give_back()

    first = await admission.slot("other", within_s=60)
    calls = [call("long", 0.2) for _ in range(2)] + [call("short", 0.001) for _ in range(5)]
    waiting = asyncio.gather(*calls)
    await asyncio.sleep(0)
    first.give_back()
    await waiting
    assert order == ["long", "short", "short", "short", "short", "short", "long"]


async def test_a_tenant_at_its_bound_waits_while_slots_are_free() -> None:
    shares = {"a": Share(most_running=1)}
    admission = Admission(concurrent=3, queued=9, shares=lambda caller: shares.get(caller, EQUAL))
    first = await admission.slot("a", within_s=60)
    second = asyncio.create_task(admission.slot("a", within_s=60))
    await asyncio.sleep(0)
    other = await admission.slot("b", within_s=60)
    assert not second.done()
    first.give_back()
    (await second).give_back()
    other.give_back()


async def test_a_flood_of_one_tenant_costs_another_the_rest_of_one_call() -> None:
    """However many calls it sends; each takes a second of a clock that no machine slows down."""
    admission = Admission(concurrent=1, queued=600)
    now = [0.0]
    admission._waiting = FairQueue(600, clock=lambda: now[0])
    begun: list[str] = []

    async def call(tenant: str) -> None:
        slot = await admission.slot(tenant, within_s=600)
        begun.append(tenant)
        await asyncio.sleep(0)
        now[0] += 1
        slot.give_back()

    flood = [asyncio.create_task(call("flood")) for _ in range(500)]
    waited = []
    for _ in range(20):
        await asyncio.sleep(0)
        before = len(begun)
        await call("other")
        waited.append(begun[before:].index("other"))
    assert max(waited) <= 1
    await asyncio.gather(*flood)
    assert len(begun) == 520


async def test_who_waits_is_told_its_place_and_for_how_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("_TOLD_AFTER_S", "_TOLD_EVERY_S", "_ORDER_S"):
        monkeypatch.setattr(admission_module, name, 0.005)
    admission = Admission(concurrent=1, queued=9)
    first = await admission.slot("a", within_s=60)
    told: dict[int, list[Wait]] = {number: [] for number in range(3)}
    waiting = []
    for number in range(3):
        slot = admission.slot("a", within_s=60, on_wait=told[number].append)
        waiting.append(asyncio.create_task(slot))
        await asyncio.sleep(0)
    while not all(told.values()):
        await asyncio.sleep(0.005)
    assert [waits[0].ahead for waits in told.values()] == [0, 1, 2]
    first.give_back()
    second = await waiting[0]
    count = len(told[2])
    while len(told[2]) < count + 3:
        await asyncio.sleep(0.005)
    assert told[2][-1].ahead == 1
    assert told[2][-1].expected_s > 0  # as long as the first one held its slot, and again
    second.give_back()
    for each in waiting[1:]:
        (await each).give_back()
