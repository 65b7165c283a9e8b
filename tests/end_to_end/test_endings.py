"""The server's processes ended by signals, where a terminal or an operator would send them."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import psutil
import pytest
from cloche.contract.config import ServerConfig
from cloche.v1 import execution_pb2 as pb

from tests.support.server import (
    Outcome,
    Refused,
    Returned,
    RunningServer,
    running_server,
    start_server,
)
from tests.support.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.xdist_group("serial")


@pytest.fixture(scope="module")
def mine(config: ServerConfig) -> Iterator[RunningServer]:
    """A server of this module's own: its processes are killed and stopped."""
    with running_server(config) as running:
        yield running


SLEEP = "import time\ndef f(model, tokenizer, s):\n    time.sleep(s)\n    return 'slept'"


@pytest.fixture
def in_a_terminal(config: ServerConfig, tmp_path: Path) -> Iterator[RunningServer]:
    """A server that leads a process group, as a shell starts it."""
    server = start_server(config, tmp_path, own_group=True)
    try:
        yield server
    finally:
        server.hang_up()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()


def test_control_c_lets_a_running_call_end(in_a_terminal: RunningServer) -> None:
    """The front drains for ten seconds; the interrupt must not end what it waits for."""
    in_a_terminal.wait_until_ready()
    call, outcomes = in_background(in_a_terminal, 3)
    os.killpg(in_a_terminal.process.pid, signal.SIGINT)
    call.join()
    assert in_a_terminal.process.wait(60) == 0
    assert isinstance(outcomes[0], Returned), outcomes
    assert "Traceback" not in in_a_terminal.log()


def test_control_c_while_loading_ends_quietly(in_a_terminal: RunningServer) -> None:
    wait_until(lambda: "importing libraries" in in_a_terminal.log())
    time.sleep(0.5)
    os.killpg(in_a_terminal.process.pid, signal.SIGINT)
    assert in_a_terminal.process.wait(60) == 0
    assert "Traceback" not in in_a_terminal.log()


def zygote_after(server: RunningServer, before: psutil.Process) -> psutil.Process:
    """The next zygote, as soon as there is one."""
    found: list[psutil.Process] = []

    def look() -> bool:
        with contextlib.suppress(ValueError, psutil.Error):
            found.append(server.zygote())
        return bool(found) and found[-1] != before

    wait_until(look)
    return found[-1]


def in_background(server: RunningServer, seconds: float) -> tuple[threading.Thread, list[Outcome]]:
    outcomes: list[Outcome] = []
    call = threading.Thread(target=lambda: outcomes.append(server.execute(SLEEP, seconds)))
    call.start()
    wait_until(server.sleeping_calls)
    return call, outcomes


def test_a_call_that_outlasts_the_stop_is_told_so(config: ServerConfig) -> None:
    with running_server(config) as server:
        call, outcomes = in_background(server, 60)
        server.hang_up_input()
        call.join()
        (outcome,) = outcomes
        assert isinstance(outcome, Refused), outcome
        assert (outcome.code, outcome.reason) == (grpc.StatusCode.CANCELLED, "CANCELLED")
        assert "the server was stopped" in outcome.message
        assert server.process.wait(PATIENCE_S) == 0
        assert "stopping: 1 calls run and have 0 s to end" in server.log()
        assert server.log().rstrip().endswith("stopped")


def test_a_terminal_is_out_of_reach(in_a_terminal: RunningServer) -> None:
    """Neither its signals nor its device: nothing below the front shares its session."""
    in_a_terminal.wait_until_ready()
    wait_until(lambda: bool(in_a_terminal.sandboxes()))
    ours = os.getsid(in_a_terminal.process.pid)
    below = in_a_terminal.processes()[1:]
    assert {in_a_terminal.launcher(), in_a_terminal.zygote()} < set(below)
    assert not [process for process in below if os.getsid(process.pid) == ours]


def test_a_signal_to_all_lets_a_running_call_end(config: ServerConfig) -> None:
    """As a service manager stops a unit: every process gets it, the front among them."""
    with running_server(config) as server:
        call, outcomes = in_background(server, 4)
        below = server.processes()[1:]
        for process in below:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                process.send_signal(number)
        time.sleep(0.3)
        assert [process for process in below if not process.is_running()] == []
        server.process.send_signal(signal.SIGTERM)
        call.join()
        assert isinstance(outcomes[0], Returned), outcomes
        assert server.process.wait(60) == 0
        _, alive = psutil.wait_procs(below, timeout=60)
        assert alive == []


def test_sigkill_of_the_front_while_it_loads_leaves_nothing(in_a_terminal: RunningServer) -> None:
    wait_until(lambda: "importing libraries" in in_a_terminal.log())
    below = in_a_terminal.processes()[1:]
    assert below
    in_a_terminal.process.kill()
    in_a_terminal.process.wait()
    _, alive = psutil.wait_procs(below, timeout=60)
    assert alive == []


def test_kill_9_at_every_moment_of_its_starting_again(mine: RunningServer) -> None:
    """Of the launcher, which may not have started the zygote yet, and of the zygote."""
    for delay_s in (0.0, 0.05, 0.3, 1.0):
        wait_until(lambda: len(mine.processes()) > 1)
        time.sleep(delay_s)
        for process in mine.processes()[1:3]:
            with contextlib.suppress(psutil.Error):
                process.kill()
    assert mine.process.poll() is None, mine.log()
    mine.wait_until_ready()
    assert mine.value(SLEEP, 0) == "slept"
    assert "Traceback" not in mine.log()


def test_a_stopped_zygote_is_given_up(mine: RunningServer) -> None:
    """A call runs out of time, its sandbox is not killed by a zygote that sleeps: all of it is."""
    first = mine.zygote()
    first.suspend()
    outcome = mine.execute(SLEEP, 30, timeout_s=1)
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason == "TIMEOUT"
    zygote_after(mine, first)
    mine.wait_until_ready()
    assert mine.value(SLEEP, 0) == "slept"
    assert not psutil.pid_exists(first.pid)


def test_a_stopped_sandbox_runs_out_of_time(mine: RunningServer) -> None:
    wait_until(lambda: len(mine.sandboxes()) == mine.config.pool_size)
    time.sleep(0.5)
    for process in mine.sandboxes():
        process.suspend()
    for _ in range(mine.config.pool_size):
        outcome = mine.execute(SLEEP, 0, timeout_s=1)
        assert isinstance(outcome, Refused), outcome
        assert outcome.reason == "TIMEOUT"
    assert mine.value(SLEEP, 0) == "slept"


def test_kill_9_again_while_it_starts_again(mine: RunningServer) -> None:
    first = mine.zygote()
    first.kill()
    zygote_after(mine, first)
    time.sleep(0.5)

    def kill_the_next() -> bool:
        # Not the one found before: what makes the namespaces is a child of the launcher, too.
        with contextlib.suppress(ValueError, psutil.Error):
            again = mine.zygote()
            again.kill()
            return again != first
        return False

    wait_until(kill_the_next)
    time.sleep(0.3)
    mine.wait_until_ready()
    assert mine.value(SLEEP, 0) == "slept"
    # Ended over and over while they are made: their callers are told, or served.
    storm = threading.Event()

    def kill() -> None:
        while not storm.is_set():
            with contextlib.suppress(ValueError, psutil.Error):
                for process in mine.sandboxes():
                    process.kill()
            time.sleep(0.03)

    killer = threading.Thread(target=kill)
    killer.start()
    for _ in range(15):
        mine.execute(SLEEP, 0)
    storm.set()
    killer.join()
    time.sleep(0.5)
    assert mine.value(SLEEP, 0) == "slept"
    wait_until(lambda: not mine.zombies())
    assert "Traceback" not in mine.log()


def test_a_hang_up_of_the_terminal_lets_a_running_call_end(config: ServerConfig) -> None:
    # Where the tests run under nohup, what they start would ignore it.
    with running_server(config, under=("env", "--default-signal=HUP")) as server:
        call, outcomes = in_background(server, 1.5)
        server.process.send_signal(signal.SIGHUP)
        call.join()
        (outcome,) = outcomes
        assert isinstance(outcome, Returned), outcome
        assert server.process.wait(PATIENCE_S) == 0


def test_a_living_servers_socket_is_neither_taken_nor_removed(
    server: RunningServer, tmp_path: Path
) -> None:
    second = start_server(server.config, tmp_path, listen=server.address)
    assert second.process.wait(PATIENCE_S) == 1
    assert "a server listens at" in second.log()
    second.hang_up()
    path = Path(server.address.removeprefix("unix:"))
    assert path.is_socket()
    assert server.value("def f(model, tokenizer): return 1") == 1
    assert os.listdir(path.parent).count(path.name) == 1


def test_a_sockets_mode_is_as_chosen(config: ServerConfig) -> None:
    with running_server(dataclasses.replace(config, socket_mode="640")) as server:
        found = os.stat(server.address.removeprefix("unix:")).st_mode
        assert stat.S_IMODE(found) == 0o640


def test_a_call_gets_the_seconds_that_were_chosen(config: ServerConfig) -> None:
    with running_server(dataclasses.replace(config, drain_s=0.5)) as server:
        call, outcomes = in_background(server, 60)
        server.process.send_signal(signal.SIGTERM)
        call.join()
        (outcome,) = outcomes
        assert isinstance(outcome, Refused), outcome
        assert outcome.reason == "CANCELLED"
        assert server.process.wait(PATIENCE_S) == 0
        assert "stopping: 1 calls run and have 0.5 s to end" in server.log()


def test_a_second_signal_stops_at_once(config: ServerConfig) -> None:
    """Calls end, and who has a connection open and says nothing holds nothing up."""
    with running_server(dataclasses.replace(config, drain_s=600)) as server:
        over = threading.Event()

        def silent() -> Iterator[pb.ExecuteUploadRequest]:
            over.wait()
            yield from ()

        unsaid = server.stub.ExecuteUpload(silent())
        call, outcomes = in_background(server, 300)
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: "have 600 s to end" in server.log())
        time.sleep(0.5)
        assert server.process.poll() is None
        assert outcomes == []  # it goes on
        server.process.send_signal(signal.SIGINT)
        call.join()
        assert isinstance(outcomes[0], Refused), outcomes
        assert outcomes[0].reason == "CANCELLED"
        # Less than the ten seconds in which a request has to come.
        assert server.process.wait(8) == 0
        assert "Traceback" not in server.log()
        over.set()
        with pytest.raises(grpc.RpcError):
            next(unsaid)
