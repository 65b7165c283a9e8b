"""The thread that keeps limits, whatever the loop does."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from cloche_server.front.memory import MemoryMeter
from cloche_server.front.watch import Breach, Watch, Watched

GROWS = "import time; time.sleep(0.3); x = b'x' * (200 << 20); time.sleep(60)"
BURNS = "while True: pass"
SLEEPS = "import time; time.sleep(60)"


@pytest.fixture
def watch() -> Iterator[Watch]:
    made = Watch()
    yield made
    made.close()


@pytest.fixture
def started() -> Iterator[Started]:
    with contextlib.ExitStack() as stack:
        yield Started(stack)


class Started:
    """Processes, and what watches them, until the test's end."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack

    def __call__(self, source: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", source])
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        time.sleep(0.1)
        return process

    def watched(
        self, process: subprocess.Popen[bytes], told: list[Breach], memory_bytes: int = 1 << 40
    ) -> Watched:
        meter = MemoryMeter(process.pid)
        self._stack.callback(meter.close)
        return Watched(meter, memory_bytes=memory_bytes, kill=process.kill, on_breach=told.append)


@pytest.mark.parametrize(
    ("source", "breach"),
    [(SLEEPS, Breach.TIME), (GROWS, Breach.MEMORY), (BURNS, Breach.CPU)],
)
async def test_limits_are_kept_while_the_loop_does_nothing_else(
    watch: Watch, started: Started, source: str, breach: Breach
) -> None:
    process, told = started(source), list[Breach]()
    one = started.watched(process, told, memory_bytes=100 << 20)
    if breach is Breach.TIME:
        one.deadline = time.monotonic() + 0.3
    if breach is Breach.CPU:
        one.cpu_deadline_s = one.cpu_s() + 0.2
    watch.add(one)
    # The loop is held up, as by a request that takes long.
    give_up = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < give_up:
        sum(range(10_000))
    assert process.poll() is not None
    assert told == []
    await asyncio.sleep(0.05)
    assert told == [breach]
    assert one.breach is breach
    watch.remove(one)


async def test_a_process_that_has_ended_is_no_breach(watch: Watch, started: Started) -> None:
    process, told = started(SLEEPS), list[Breach]()
    one = started.watched(process, told)
    watch.add(one)
    process.kill()
    process.wait()
    await asyncio.sleep(0.3)
    assert told == []
    watch.remove(one)


async def test_one_that_fails_does_not_take_the_others_with_it(
    watch: Watch, started: Started
) -> None:
    process, told = started(SLEEPS), list[Breach]()
    broken = started.watched(process, told)
    broken.look = lambda: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    one = started.watched(process, told)
    one.deadline = time.monotonic() + 0.3
    watch.add(broken)
    watch.add(one)
    await asyncio.to_thread(process.wait, 10)
    await asyncio.sleep(0.05)
    assert told == [Breach.TIME]


async def test_what_is_removed_is_left_alone(watch: Watch, started: Started) -> None:
    process, told = started(SLEEPS), list[Breach]()
    one = started.watched(process, told)
    watch.add(one)
    watch.remove(one)
    watch.remove(one)
    one.deadline = 0.0
    await asyncio.sleep(0.2)
    assert process.poll() is None
    assert told == []


def test_processor_time_is_the_whole_process_s() -> None:
    meter = MemoryMeter(os.getpid())
    before = meter.cpu_s()
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
    assert 0.15 < meter.cpu_s() - before < 5
    meter.close()
