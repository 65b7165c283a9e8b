"""Processes killed at the worst moment: a clear error, and the server recovers by itself."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import grpc
import pytest
from cloche.v1 import execution_pb2 as pb
from cloche_server.config import ServerConfig

from tests.support.server import (
    Outcome,
    Refused,
    Returned,
    RunningServer,
    request,
    running_server,
)

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
    time.sleep(0.5)
    return thread, outcomes


def busy_sandboxes(server: RunningServer) -> set[int]:
    """Those that have a job: they sleep in clock_nanosleep, the others in read."""
    found = set()
    for pid in server.sandboxes():
        with open(f"/proc/{pid}/wchan") as file:
            if "nanosleep" in file.read():
                found.add(pid)
    return found


def test_kill_9_of_a_running_sandbox(mine: RunningServer) -> None:
    thread, outcomes = start_call(mine, 30)
    for pid in busy_sandboxes(mine) or mine.sandboxes():
        os.kill(pid, signal.SIGKILL)
    thread.join(10)
    (outcome,) = outcomes
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason == "SANDBOX_DIED"
    assert "SIGKILL" in outcome.message
    assert mine.value(SLEEP, 0) == "slept"


def test_kill_9_of_the_waiting_sandboxes_costs_no_call(mine: RunningServer) -> None:
    time.sleep(0.5)
    for pid in mine.sandboxes():
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    assert [mine.value(SLEEP, 0) for _ in range(6)] == ["slept"] * 6


def test_kill_9_of_the_zygote(mine: RunningServer) -> None:
    thread, outcomes = start_call(mine, 30)
    sandboxes = mine.sandboxes()
    os.kill(mine.zygote(), signal.SIGKILL)
    thread.join(10)
    (outcome,) = outcomes
    assert isinstance(outcome, Refused), outcome
    assert outcome.code == grpc.StatusCode.UNAVAILABLE
    assert outcome.reason == "MODEL_PROCESS_DIED"
    time.sleep(0.2)
    assert not [pid for pid in sandboxes if os.path.exists(f"/proc/{pid}")]
    early = mine.execute(SLEEP, 0)
    assert isinstance(early, Returned) or early.reason == "NOT_READY", early  # type: ignore[union-attr]
    mine.wait_until_ready()
    assert mine.value(SLEEP, 0) == "slept"


def test_kill_9_of_the_launcher(mine: RunningServer) -> None:
    zygote = mine.zygote()
    launcher = mine.processes()[zygote]
    os.kill(launcher, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while os.path.exists(f"/proc/{zygote}") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{zygote}")
    time.sleep(0.5)
    mine.wait_until_ready()
    assert mine.value(SLEEP, 0) == "slept"


def test_a_caller_that_hangs_up_frees_its_sandbox(mine: RunningServer) -> None:
    stream = mine.stub.ExecuteStream(pb.ExecuteStreamRequest(call=request(SLEEP, 60)))
    assert next(stream).WhichOneof("event") == "accepted"
    time.sleep(0.3)
    running = busy_sandboxes(mine)
    assert len(running) == 1
    stream.cancel()
    deadline = time.monotonic() + 2
    while running & mine.sandboxes() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not running & mine.sandboxes()


def test_the_rpc_deadline_is_honoured(mine: RunningServer) -> None:
    started = time.monotonic()
    outcome = mine.execute(SLEEP, 30, deadline_s=1.0)
    assert isinstance(outcome, Refused)
    assert outcome.code == grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - started < 3
    time.sleep(0.5)
    assert not busy_sandboxes(mine)


def test_a_full_queue_says_so(mine: RunningServer) -> None:
    limits = mine.config.limits
    count = limits.concurrent_calls + limits.queued_calls
    calls = [
        mine.stub.Execute.future(pb.ExecuteRequest(call=request(SLEEP, 1.5))) for _ in range(count)
    ]
    time.sleep(0.7)
    outcome = mine.execute(SLEEP, 0)
    assert isinstance(outcome, Refused), outcome
    assert (outcome.code, outcome.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "BUSY")
    assert all(call.result().WhichOneof("outcome") == "result" for call in calls)


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
        below = set(running.processes())
        assert len(below) >= 4
        assert running.process.stdin is not None
        running.process.stdin.close()
        running.process.wait(20)
        deadline = time.monotonic() + 5
        while (left := [pid for pid in below if os.path.exists(f"/proc/{pid}")]) and (
            time.monotonic() < deadline
        ):
            time.sleep(0.05)
        assert not left
        assert running.process.returncode == 0


def test_sigkill_of_the_front_leaves_nothing(config: ServerConfig) -> None:
    import dataclasses
    import subprocess
    import sys
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        own = dataclasses.replace(config, listen=f"unix:{folder}/socket")
        process = subprocess.Popen(
            [sys.executable, "-m", "cloche_server"],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdin is not None
        process.stdin.write(own.to_json().encode() + b"\n")
        process.stdin.flush()
        from pathlib import Path

        running = RunningServer(process, own.listen, Path(folder) / "log", own)
        (Path(folder) / "log").touch()
        running.wait_until_ready()
        below = set(running.processes())
        process.kill()
        process.wait()
        deadline = time.monotonic() + 10
        while (left := [pid for pid in below if os.path.exists(f"/proc/{pid}")]) and (
            time.monotonic() < deadline
        ):
            time.sleep(0.05)
        assert not left
