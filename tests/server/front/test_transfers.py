"""Places for transfers: those that do not move leave them, and newcomers do not wait for long."""

from __future__ import annotations

import asyncio

import pytest
from cloche.contract.reason import Reason
from cloche_server.front.transfers import Pace, Transfers
from cloche_server.refusal import Refusal

FAST = Pace(window_s=0.3, window_bytes=100, grace_s=0.1)
DOING = "take its result"


def transfers(most: int = 2, most_bytes: int = 1 << 30, pace: Pace = FAST) -> Transfers:
    return Transfers(most=most, most_bytes=most_bytes, pace=pace)


async def idle(places: Transfers, size: int = 1000) -> None:
    async with places.place(DOING, size):
        await asyncio.sleep(60)


async def moving(places: Transfers, each: int, size: int = 10_000) -> None:
    async with places.place(DOING, size) as transfer:
        for _ in range(size // each):
            await asyncio.sleep(0.02)
            transfer.moved(each)


async def refusal(running: asyncio.Task[None]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await asyncio.wait_for(running, 3)
    return caught.value


async def test_one_that_does_not_move_is_ended_and_named() -> None:
    found = await refusal(asyncio.create_task(idle(transfers())))
    assert found.reason is Reason.TIMEOUT
    assert "did not take its result: 0 bytes moved in 0.3 s" in str(found)


async def test_one_that_moves_goes_on_for_many_windows() -> None:
    await asyncio.wait_for(moving(transfers(), each=200), 5)


async def test_one_that_trickles_is_ended() -> None:
    found = await refusal(asyncio.create_task(moving(transfers(), each=2)))
    assert found.reason is Reason.TIMEOUT


async def test_what_is_left_may_be_less_than_the_pace_wants() -> None:
    async with transfers().place(DOING, 150) as transfer:
        transfer.moved(100)
        await asyncio.sleep(0.2)
        transfer.moved(50)
        await asyncio.sleep(0.2)


async def test_time_that_is_not_the_callers_does_not_count() -> None:
    async with transfers().place(DOING, 1000) as transfer:
        for _ in range(3):
            transfer.pause()
            await asyncio.sleep(0.25)
            transfer.moved(1)
            transfer.resume()
            await asyncio.sleep(0.05)


async def test_a_newcomer_gets_the_place_of_the_one_that_would_take_longest() -> None:
    places = transfers(pace=Pace(window_s=20, window_bytes=100, grace_s=0.1))
    honest = asyncio.create_task(moving(places, each=200))
    slow = asyncio.create_task(idle(places))
    await asyncio.sleep(0.3)
    async with asyncio.timeout(1), places.place(DOING, 10):
        pass
    found = await refusal(slow)
    assert found.reason is Reason.BUSY
    assert "fast enough while others waited" in str(found)
    await honest


async def test_of_two_at_one_pace_the_larger_goes() -> None:
    places = transfers(pace=Pace(window_s=20, window_bytes=1, grace_s=0.1))
    small = asyncio.create_task(moving(places, each=50, size=2_000))
    large = asyncio.create_task(moving(places, each=50, size=200_000))
    await asyncio.sleep(0.3)
    async with asyncio.timeout(1), places.place(DOING, 10):
        pass
    assert (await refusal(large)).reason is Reason.BUSY
    await small


async def test_a_newcomer_that_may_not_wait_gets_anothers_place_at_once() -> None:
    places = transfers(most=4, pace=Pace(window_s=10, grace_s=0.05))
    crowd = [asyncio.create_task(idle(places)) for _ in range(300)]
    await asyncio.sleep(0.2)
    async with asyncio.timeout(0.5), places.place(DOING, 10, at_once=True):
        pass
    for each in crowd:
        each.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    async with asyncio.timeout(1), places.place(DOING, 10):
        pass


async def test_where_nobody_can_be_ended_it_is_refused_at_once() -> None:
    places = transfers(most=1, pace=Pace(window_s=10, grace_s=10))
    async with places.place(DOING, 10):
        with pytest.raises(Refusal) as caught:
            async with asyncio.timeout(0.5), places.place(DOING, 10, at_once=True):
                pass
        assert caught.value.reason is Reason.BUSY


async def test_bytes_are_bounded_and_a_single_one_always_fits() -> None:
    places = transfers(most=10, most_bytes=100, pace=Pace(window_s=0.2, grace_s=10))
    async with places.place(DOING, 1000) as alone:
        alone.pause()
        with pytest.raises(Refusal) as caught:
            async with places.place(DOING, 1):
                pass
        assert caught.value.reason is Reason.BUSY
    async with places.place(DOING, 60), places.place(DOING, 40):
        pass


async def test_those_who_give_up_leave_nothing() -> None:
    places = transfers(most=1, pace=Pace(window_s=10, grace_s=10))
    async with places.place(DOING, 1):
        waiting = [asyncio.create_task(idle(places)) for _ in range(3)]
        await asyncio.sleep(0.05)
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    async with asyncio.timeout(1), places.place(DOING, 1):
        pass


async def test_a_place_that_comes_with_the_cancellation_is_left_again() -> None:
    places = transfers(most=1, pace=Pace(window_s=10, grace_s=10))
    holder = places.place(DOING, 1)
    await holder.__aenter__()
    waiting = asyncio.create_task(idle(places))
    await asyncio.sleep(0.05)
    await holder.__aexit__(None, None, None)  # wakes the waiting one
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(1), places.place(DOING, 1):
        pass


async def test_those_that_would_take_very_long_are_ended_where_memory_is_waited_for() -> None:
    places = transfers(pace=Pace(window_s=20, window_bytes=1, grace_s=0.1))
    trickles = asyncio.create_task(moving(places, each=1, size=1 << 29))
    moves = asyncio.create_task(moving(places, each=50, size=1_000))
    await asyncio.sleep(0.3)
    assert places.end_long() == 1
    assert (await refusal(trickles)).reason is Reason.BUSY
    await moves
