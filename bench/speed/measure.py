"""All ways by turns in one run, so that the machine's noise meets each of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import psutil

from bench.speed.ways import Call, Way
from bench.speed.workloads import Workload

# Between calls a server makes another sandbox; a person or a program that thinks takes longer.
_PAUSE_S: Final = 0.15
_FEWEST: Final = 4


@dataclass
class Calls:
    """One workload by one way, a call at a time: seconds of each."""

    seconds: list[float] = field(default_factory=list)
    #: Of the processor, of all calls together.
    processor_s: float = 0.0


@dataclass(frozen=True)
class Burst:
    """Many callers at once, each with one call after the other."""

    workload: str
    way: str
    callers: int
    #: For each turn.
    calls_per_s: list[float]
    processor_ms: list[float]


@dataclass(frozen=True)
class Memory:
    """Of each sandbox that waits, in bytes."""

    private: list[int]
    proportional: list[int]


def one_by_one(
    ways: Sequence[Way], workload: Workload, rounds: int, note: Callable[[str], None]
) -> dict[str, Calls]:
    """The same number of calls by each way, in an order that turns."""
    ways = [way for way in ways if way.takes(workload)]
    calls = {way.name: way.prepared(workload) for way in ways}
    first = {name: call() for name, call in calls.items()}
    _require_equal(first, workload.name)
    found = {way.name: Calls() for way in ways}
    turns = max(_FEWEST, round(rounds * workload.share))
    for turn in range(turns):
        shift = turn % len(ways)
        for way in (*ways[shift:], *ways[:shift]):
            time.sleep(_PAUSE_S)
            before = way.processor_s()
            started = time.perf_counter()
            calls[way.name]()
            found[way.name].seconds.append(time.perf_counter() - started)
            time.sleep(_PAUSE_S)
            found[way.name].processor_s += way.processor_s() - before
        note(f"{workload.name}: {turn + 1} of {turns}")
    return found


def burst(way: Way, workload: Workload, callers: int, count: int, turns: int) -> Burst:
    """`count` calls by so many callers, `turns` times."""
    call = way.prepared(workload)
    call()
    rates, processor = [], []
    with ThreadPoolExecutor(callers) as pool:
        for _ in range(turns):
            time.sleep(3 * _PAUSE_S)
            before, started = way.processor_s(), time.perf_counter()
            list(pool.map(lambda _: call(), range(count)))
            rates.append(count / (time.perf_counter() - started))
            time.sleep(3 * _PAUSE_S)
            processor.append(1e3 * (way.processor_s() - before) / count)
    return Burst(workload.name, way.name, callers, rates, processor)


def one_after_another(call: Call, count: int) -> float:
    """Calls a second by a single caller that never pauses."""
    started = time.perf_counter()
    for _ in range(count):
        call()
    return count / (time.perf_counter() - started)


def memory(sandboxes: Sequence[psutil.Process]) -> Memory:
    """What they have of their own, and with their part of what they share."""
    infos = [process.memory_full_info() for process in sandboxes]
    return Memory([each.uss for each in infos], [each.pss for each in infos])


def _require_equal(found: dict[str, Any], name: str) -> None:
    """Raises AssertionError where two ways answer differently: they would not do the same work."""
    (first, expected), *rest = found.items()
    for way, value in rest:
        if isinstance(expected, np.ndarray):
            same = bool(np.allclose(value, expected, atol=1e-3))
        else:
            same = value == expected
        if not same:
            raise AssertionError(f"{name}: {first} and {way} answer differently")
