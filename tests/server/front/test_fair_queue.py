"""Whose turn is next: by what each key has used, on a clock that the test moves."""

from __future__ import annotations

import random

import pytest
from cloche_server.front.fair_queue import NEWCOMERS, FairQueue, Full
from cloche_server.share import EQUAL, Share


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def made(most: int = 100) -> tuple[FairQueue[str], Clock]:
    clock = Clock()
    return FairQueue(most, clock=clock), clock


def served(queue: FairQueue[str], clock: Clock, seconds: dict[str, float], turns: int) -> list[str]:
    """Whose turn it was, one at a time, each for as long as its key takes."""
    found = []
    for _ in range(turns):
        place = queue.next()
        if place is None:
            break
        use = queue.begin(place.key)
        queue.remove(place)
        clock.now += seconds[place.key]
        queue.end(use)
        found.append(place.item)
    return found


def test_keys_take_turns_and_each_is_in_order() -> None:
    queue, clock = made()
    for item in ("a1", "a2", "a3", "b1", "b2", "c1"):
        queue.push(item[0], item)
    found = served(queue, clock, dict.fromkeys("abc", 1.0), 10)
    assert found == ["a1", "b1", "c1", "a2", "b2", "a3"]
    assert not queue
    assert queue.next() is None


def test_seconds_are_divided_and_not_turns() -> None:
    queue, clock = made()
    for number in range(40):
        queue.push("slow", f"slow {number}")
        queue.push("fast", f"fast {number}")
    found = served(queue, clock, {"slow": 10.0, "fast": 2.5}, 40)
    fast = sum(item.startswith("fast") for item in found)
    assert fast == pytest.approx(32, abs=1)


def test_what_goes_on_counts_already() -> None:
    queue, clock = made()
    use = queue.begin("a")
    queue.push("a", "a1")
    queue.push("b", "b1")
    clock.now += 5
    place = queue.next()
    assert place is not None
    assert place.item == "b1"
    queue.end(use)
    queue.end(use)
    assert (place := queue.next()) is not None
    assert place.item == "b1"


def test_a_newcomer_starts_at_the_least_and_has_saved_up_nothing() -> None:
    queue, clock = made(1000)
    queue.push("a", "a")
    served(queue, clock, {"a": 1.0}, 1)
    for number in range(100):
        queue.push("b", f"b{number}")
        queue.push("c", f"c{number}")
    served(queue, clock, {"b": 1.0, "c": 1.0}, 100)
    # a has used 1 s, and each of the others 50.
    for number in range(10):
        queue.push("a", f"a{number}")
    found = served(queue, clock, dict.fromkeys("abc", 1.0), 9)
    assert sorted(item[0] for item in found) == sorted("abc" * 3)


def test_who_leaves_and_comes_again_is_charged_for_what_it_used() -> None:
    queue, clock = made()
    for number in range(3):
        queue.push("b", f"b{number}")
    queue.push("a", "a0")
    assert served(queue, clock, {"a": 10.0, "b": 1.0}, 2) == ["b0", "a0"]
    queue.push("a", "a1")
    assert served(queue, clock, {"a": 10.0, "b": 1.0}, 3) == ["b1", "b2", "a1"]


def test_the_longest_queue_gives_way() -> None:
    queue, _clock = made(4)
    for item in ("a1", "a2", "a3", "b1"):
        assert queue.push(item[0], item)[1] is None
    assert queue.push("c", "c1")[1] == "a3"
    # a has two and b one: nothing would be gained.
    for key in "ab":
        with pytest.raises(Full):
            queue.require_room(key)
        with pytest.raises(Full):
            queue.push(key, "more")
    assert queue.counted == 4


def test_keys_that_have_nothing_waiting_find_room_beyond_the_queue() -> None:
    queue, _clock = made(2)
    for number in range(2 + NEWCOMERS):
        queue.push(f"k{number}", "first")
    for key in ("k0", "one more"):
        with pytest.raises(Full):
            queue.push(key, "first")


def test_no_queue_is_none_for_newcomers_either() -> None:
    queue, _clock = made(0)
    with pytest.raises(Full):
        queue.push("a", "a")


def test_what_is_kept_has_room_and_is_not_put_out() -> None:
    queue, clock = made(1)
    queue.push("a", "a1", kept=True)
    queue.push("a", "a2")
    queue.push("a", "a3", kept=True)
    assert queue.counted == 1
    with pytest.raises(Full):
        queue.require_room("a")
    assert queue.push("b", "b1")[1] is None
    assert served(queue, clock, dict.fromkeys("ab", 1.0), 9) == ["a1", "b1", "a2", "a3"]


def test_a_place_is_removed_once() -> None:
    queue, _clock = made()
    place, _ = queue.push("a", "a")
    assert queue.remove(place)
    assert not queue.remove(place)
    assert not queue
    assert queue.counted == 0


def test_whatever_happens_the_counts_are_right_and_no_account_stays() -> None:
    drawn = random.Random(5)
    queue, clock = made(8)
    places, uses = [], []
    for _ in range(5000):
        clock.now += drawn.random()
        match drawn.randrange(5):
            case 0 | 1:
                key = f"k{drawn.randrange(2000)}"
                try:
                    place, out = queue.push(key, key, kept=drawn.random() < 0.1)
                except Full:
                    continue
                places.append(place)
                assert out is None or out != key
            case 2 if places:
                queue.remove(places.pop(drawn.randrange(len(places))))
            case 3:
                if (found := queue.next()) is not None:
                    uses.append(queue.begin(found.key))
                    assert queue.remove(found)
            case 4 if uses:
                queue.end(uses.pop(drawn.randrange(len(uses))))
    for use in uses:
        queue.end(use)
    while (found := queue.next()) is not None:
        assert queue.remove(found)
    assert queue.counted == 0
    assert not queue
    assert len(queue._groups) == 0


def grouped(most: int = 2000) -> tuple[FairQueue[str], Clock]:
    """Keys such as "crowd:7" in groups such as "crowd"."""
    clock = Clock()
    return FairQueue(most, group=lambda key: key.partition(":")[0], clock=clock), clock


class Seconds(dict[str, float]):
    def __missing__(self, key: str) -> float:
        return 1.0


def test_a_group_of_a_thousand_keys_is_one_to_others() -> None:
    queue, clock = grouped()
    for number in range(1000):
        queue.push(f"crowd:{number}", "crowd")
    served(queue, clock, Seconds(), 10)
    for number in range(5):
        queue.push("alone:1", f"alone {number}")
    found = served(queue, clock, Seconds(), 10)
    assert found.count("crowd") == 5
    assert found[:2] in (["alone 0", "crowd"], ["crowd", "alone 0"])


def test_in_a_group_every_second_turn_is_for_a_newcomer() -> None:
    """Who comes to a crowd waits for one turn; the crowd goes on, however many come."""
    queue, clock = grouped()
    for number in range(500):
        queue.push(f"crowd:{number}", "crowd")
    served(queue, clock, Seconds(), 7)
    queue.push("crowd:last", "last")
    assert "last" in served(queue, clock, Seconds(), 2)
    turns = []
    for number in range(100):
        queue.push(f"crowd:more {number}", "new")
        turns += served(queue, clock, Seconds(), 1)
    assert turns.count("new") == turns.count("crowd") == 50


def test_in_a_group_a_key_that_has_had_its_turn_is_no_newcomer() -> None:
    queue, clock = grouped()
    for number in range(100):
        queue.push(f"crowd:{number}", "crowd")
    queue.push("crowd:eager", "eager")
    assert "eager" in served(queue, clock, Seconds(), 2)
    for number in range(20):
        queue.push("crowd:eager", f"again {number}")
    assert set(served(queue, clock, Seconds(), 98)) == {"crowd"}


def test_the_largest_group_gives_way_and_in_it_the_longest_queue() -> None:
    queue, _clock = grouped(4)
    for key, item in (("a:1", "a1"), ("a:2", "a2"), ("a:2", "a3"), ("b:1", "b1")):
        assert queue.push(key, item)[1] is None
    assert queue.push("b:2", "b2")[1] == "a3"
    # Each has two: nothing would be gained, but newcomers find room.
    assert queue.push("a:3", "a4")[1] is None
    with pytest.raises(Full):
        queue.push("b:1", "more")
    assert queue.push("c:1", "c1")[1] == "a4"


def test_in_a_group_the_longest_queue_gives_way() -> None:
    queue, _clock = grouped(3)
    for number in range(3):
        queue.push("a:1", f"a{number}")
    assert queue.push("a:2", "new")[1] == "a2"


def shared(most: int = 100, **shares: Share) -> tuple[FairQueue[str], Clock]:
    clock = Clock()
    return FairQueue(most, shares=lambda key: shares.get(key, EQUAL), clock=clock), clock


@pytest.mark.parametrize("seconds", [{"a": 1.0, "b": 1.0}, {"a": 0.3, "b": 2.0}])
def test_weights_divide_seconds(seconds: dict[str, float]) -> None:
    queue, clock = shared(2000, a=Share(weight=3.0))
    for number in range(1000):
        queue.push("a", f"a{number}")
        queue.push("b", f"b{number}")
    found = served(queue, clock, seconds, 600)
    used = {key: seconds[key] * sum(item[0] == key for item in found) for key in "ab"}
    assert used["a"] / used["b"] == pytest.approx(3.0, rel=0.05)


def test_a_key_at_its_bound_lets_others_pass() -> None:
    queue, clock = shared(a=Share(most_running=1))
    for item in ("a1", "a2", "b1"):
        queue.push(item[0], item)
    first = queue.next()
    assert first is not None
    use = queue.begin("a")
    queue.remove(first)
    assert not queue.may_begin("a")
    assert queue.may_begin("b")
    place = queue.next()
    assert place is not None
    assert place.item == "b1"
    queue.remove(place)
    assert queue.next() is None
    clock.now += 1
    queue.end(use)
    place = queue.next()
    assert place is not None
    assert place.item == "a2"


def test_a_key_may_have_fewer_waiting_than_the_queue_has_room_for() -> None:
    queue, _ = shared(a=Share(most_waiting=2))
    queue.push("a", "a1")
    queue.push("a", "a2")
    with pytest.raises(Full):
        queue.push("a", "a3")
    queue.push("b", "b1")


def test_a_weight_that_changes_holds_from_the_next_time_on() -> None:
    shares = {"a": Share(weight=2.0)}
    clock = Clock()
    queue: FairQueue[str] = FairQueue(10, shares=lambda key: shares.get(key, EQUAL), clock=clock)
    held = queue.begin("b")
    use = queue.begin("a")
    queue.push("b", "b1")
    queue.push("a", "a1")
    shares["a"] = Share(weight=0.5)
    clock.now += 4
    queue.end(use)
    place = queue.next()
    assert place is not None
    assert place.item == "a1"  # charged 2 of its 4 seconds, where b has 4
    queue.end(held)


def test_the_order_is_the_one_in_which_all_are_served() -> None:
    queue, clock = shared(a=Share(weight=2.0))
    places = {}
    for number in range(6):
        for key in "abc":
            places[f"{key}{number}"] = queue.push(key, f"{key}{number}")[0].number
    order = queue.order(each_s=1.0)
    found = served(queue, clock, dict.fromkeys("abc", 1.0), 100)
    assert [order[places[item]] for item in found] == list(range(18))
    assert queue.order(each_s=1.0) == {}
