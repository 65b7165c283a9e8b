"""Processes killed at the worst moment: a clear error, and the server recovers by itself."""

from __future__ import annotations

import dataclasses
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import psutil
import pytest
from cloche import (
    Accepted,
    ClocheError,
    Done,
    InterpClient,
    SandboxError,
    ServerUnavailableError,
)
from cloche.contract.config import ServerConfig
from cloche.v1 import execution_pb2 as pb

from tests.support.server import (
    Outcome,
    Refused,
    Returned,
    RunningServer,
    request,
    running_server,
)
from tests.support.waiting import wait_until

pytestmark = pytest.mark.xdist_group("serial")

SLEEP = "import time\ndef f(model, tokenizer, s):\n    time.sleep(s)\n    return 'slept'"


@pytest.fixture(scope="module")
def mine(config: ServerConfig) -> Iterator[RunningServer]:
    """A server of this module's own: its processes are killed."""
    with running_server(config) as running:
        yield running


def start_call(server: RunningServer, seconds: float) -> tuple[threading.Thread, list[Outcome]]:
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(server.execute(SLEEP, seconds)))
    thread.start()
    wait_until(server.sleeping_calls)
    return thread, outcomes


def wait_until_gone(processes: Iterable[psutil.Process], seconds: float = 60) -> None:
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    assert not [process for process in alive if process.is_running()]


def test_kill_9_of_a_running_sandbox(mine: RunningServer) -> None:
    thread, outcomes = start_call(mine, 30)
    (busy,) = mine.sleeping_calls()
    busy.kill()
    thread.join(60)
    (outcome,) = outcomes
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason == "SANDBOX_DIED"
    assert "SIGKILL" in outcome.message
    assert mine.value(SLEEP, 0) == "slept"


def test_kill_9_of_the_waiting_sandboxes_costs_no_call(mine: RunningServer) -> None:
    time.sleep(0.5)
    for process in mine.sandboxes():
        process.kill()
    time.sleep(0.2)
    assert [mine.value(SLEEP, 0) for _ in range(6)] == ["slept"] * 6


def test_kill_9_of_the_zygote(mine: RunningServer) -> None:
    thread, outcomes = start_call(mine, 30)
    sandboxes = mine.sandboxes()
    mine.zygote().kill()
    thread.join(60)
    (outcome,) = outcomes
    assert isinstance(outcome, Refused), outcome
    assert outcome.code == grpc.StatusCode.UNAVAILABLE
    assert outcome.reason == "MODEL_PROCESS_DIED"
    wait_until_gone(sandboxes)
    early = mine.execute(SLEEP, 0)
    assert isinstance(early, Returned) or early.reason == "NOT_READY", early  # type: ignore[union-attr]
    mine.wait_until_ready()
    assert mine.value(SLEEP, 0) == "slept"


def test_kill_9_of_the_launcher(mine: RunningServer) -> None:
    zygote = mine.zygote()
    mine.launcher().kill()
    wait_until_gone([zygote])
    time.sleep(0.5)
    mine.wait_until_ready()
    assert mine.value(SLEEP, 0) == "slept"


def test_a_caller_that_hangs_up_frees_its_sandbox(mine: RunningServer) -> None:
    stream = mine.stub.ExecuteStream(pb.ExecuteStreamRequest(call=request(SLEEP, 60)))
    assert next(stream).WhichOneof("event") == "accepted"
    running = wait_until(mine.sleeping_calls)
    assert len(running) == 1
    stream.cancel()
    wait_until_gone(running, 30)  # it would sleep for 60


def test_hanging_up_at_once_leaves_no_sandbox_behind(mine: RunningServer) -> None:
    """Between being accepted and being run, too."""
    for _ in range(12):
        stream = mine.stub.ExecuteStream(pb.ExecuteStreamRequest(call=request(SLEEP, 60)))
        next(stream)
        stream.cancel()
    for _ in range(12):
        mine.stub.ExecuteStream(pb.ExecuteStreamRequest(call=request(SLEEP, 60))).cancel()
    # At rest, not once: the last of these calls may reach the server after the first were ended.
    mine.idle_sandboxes()
    assert mine.value(SLEEP, 0) == "slept"


def test_the_rpc_deadline_is_honoured(mine: RunningServer) -> None:
    outcome = mine.execute(SLEEP, 100, timeout_s=110, deadline_s=1.0)
    assert isinstance(outcome, Refused)
    assert outcome.code == grpc.StatusCode.DEADLINE_EXCEEDED
    wait_until(lambda: not mine.sleeping_calls())


def test_a_full_queue_says_so(mine: RunningServer) -> None:
    limits = mine.config.limits

    def start(count: int, seconds: float) -> list[grpc.Future]:
        one = pb.ExecuteRequest(call=request(SLEEP, seconds))
        return [mine.stub.Execute.future(one) for _ in range(count)]

    def turned_away() -> Refused | None:
        outcome = mine.execute(SLEEP, 0, deadline_s=2)
        return outcome if isinstance(outcome, Refused) and outcome.reason else None

    running = start(limits.concurrent_calls, 60)
    wait_until(lambda: len(mine.sleeping_calls()) == limits.concurrent_calls)
    waiting = start(limits.queued_calls, 0)
    outcome = wait_until(turned_away)  # the rest of them stand in one queue with this one
    assert outcome is not None
    assert (outcome.code, outcome.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "BUSY")
    for call in running:
        call.cancel()
    assert all(call.result().WhichOneof("outcome") == "result" for call in waiting)


def test_a_slow_reader_does_not_keep_its_sandbox_or_the_server(mine: RunningServer) -> None:
    """Flow control holds the sandbox back; the front buffers only what gRPC's window takes."""
    source = "def f(model, tokenizer):\n    for i in range(200): print('x' * 10000)\n    return 1"
    call = request(source, timeout_s=2.0, output_max_bytes=16 << 20)
    stream = mine.stub.ExecuteStream(pb.ExecuteStreamRequest(call=call))
    next(stream)
    assert mine.value(SLEEP, 0) == "slept"
    time.sleep(3)
    assert mine.value(SLEEP, 0) == "slept"
    stream.cancel()


def test_the_server_ends_with_its_parent(config: ServerConfig) -> None:
    """However the parent ends: its end of standard input closes, and everything below goes."""
    with running_server(config) as running:
        below = running.processes()[1:]
        assert {running.launcher(), running.zygote()} <= set(below)
        assert running.process.stdin is not None
        running.process.stdin.close()
        assert running.process.wait(60) == 0
        wait_until_gone(below)


def test_sigkill_of_the_front_leaves_nothing(config: ServerConfig) -> None:
    with running_server(config) as running:
        below = running.processes()[1:]
        running.process.kill()
        running.process.wait()
        wait_until_gone(below)


EIGHT = 8


@pytest.fixture(scope="module")
def busy(config: ServerConfig) -> Iterator[RunningServer]:
    """With places for eight callers at once."""
    limits = dataclasses.replace(config.limits, concurrent_calls=EIGHT)
    with running_server(dataclasses.replace(config, limits=limits)) as running:
        yield running


def eight_callers(server: RunningServer, kill: Callable[[], None]) -> list[Any]:
    """Each one's result or error; `kill` comes while all are in their calls."""
    accepted = threading.Semaphore(0)
    found: list[Any] = [None] * EIGHT

    def call(number: int) -> None:
        with InterpClient(address=server.address, ready_timeout=120) as client:
            try:
                for event in client.stream(SLEEP, 6):
                    if isinstance(event, Accepted):
                        accepted.release()
                    elif isinstance(event, Done):
                        found[number] = event.result
            except ClocheError as error:
                found[number] = error
            # Whatever happened: it waits until the server answers again.
            assert client.run(SLEEP, 0) == "slept"

    with ThreadPoolExecutor(EIGHT) as pool:
        calls = [pool.submit(call, number) for number in range(EIGHT)]
        for _ in range(EIGHT):
            assert accepted.acquire(timeout=60)
        kill()
        for each in calls:
            each.result(120)
    return found


def test_kill_9_of_three_sandboxes_under_eight_callers(busy: RunningServer) -> None:
    def kill() -> None:
        wait_until(lambda: len(busy.sleeping_calls()) == EIGHT)
        for process in sorted(busy.sleeping_calls(), key=lambda each: each.pid)[:3]:
            process.kill()

    found = eight_callers(busy, kill)
    errors = [each for each in found if each != "slept"]
    assert [type(error) for error in errors] == [SandboxError] * 3
    assert all("killed from outside (SIGKILL)" in str(error) for error in errors)


@pytest.mark.parametrize("which", ["zygote", "launcher"])
def test_kill_9_of_the_models_process_under_eight_callers(busy: RunningServer, which: str) -> None:
    found = eight_callers(busy, lambda: getattr(busy, which)().kill())
    assert [type(error) for error in found] == [ServerUnavailableError] * EIGHT
    for error in found:
        assert "the model's process died" in str(error)
        assert re.search(r"started again, which took \d+ s before; run the call again", str(error))
