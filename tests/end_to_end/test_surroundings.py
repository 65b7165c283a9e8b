"""What the machine does to a server: its clock is set, processes and memory run out, it kills.

Groups of version 1 bound the server here, which takes root and a writable tree; elsewhere those
tests are skipped.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from cloche.contract.config import ModelConfig, ServerConfig
from cloche.v1 import execution_pb2 as pb

from tests.support.server import Refused, Returned, RunningServer, running_server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.xdist_group("serial")

MIB = 1 << 20
WELL = "def well(model, tokenizer): return 'well'"
SLEEP = "import time\ndef f(model, tokenizer, seconds): time.sleep(seconds)"
# Each look at it shows another day, before or after.
JUMPING = """
import itertools, time
_real, _days = time.time, itertools.cycle((86400.0, -86400.0, 0.0, 3e9, -1e9))
time.time = lambda: _real() + next(_days)
time.time_ns = lambda: int(time.time() * 1e9)
"""


@pytest.fixture(scope="module")
def at_odd_times(
    config: ServerConfig, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """A server to whose processes the machine's clock is set anew all the time."""
    folder = tmp_path_factory.mktemp("clock")
    (folder / "sitecustomize.py").write_text(JUMPING)
    with running_server(config, env={**os.environ, "PYTHONPATH": str(folder)}) as running:
        yield running


def test_limits_of_time_do_not_heed_the_machines_clock(at_odd_times: RunningServer) -> None:
    for _ in range(5):
        assert at_odd_times.value(WELL) == "well"
    began = time.monotonic()
    outcome = at_odd_times.execute(SLEEP, 60, timeout_s=1.5)
    took = time.monotonic() - began
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason == "TIMEOUT"
    assert took >= 1.5
    assert took < 60
    # Neither does what a call is said to have taken.
    outcome = at_odd_times.execute(SLEEP, 0.5)
    assert isinstance(outcome, Returned), outcome
    assert 500 <= outcome.usage.wall_clock.ToMilliseconds() < 60_000


def test_waiting_does_not_heed_the_machines_clock(at_odd_times: RunningServer) -> None:
    slots = at_odd_times.config.limits.concurrent_calls
    with ThreadPoolExecutor(slots + 2) as pool:
        long = [pool.submit(at_odd_times.execute, SLEEP, 2) for _ in range(slots)]
        wait_until(lambda: len(at_odd_times.sleeping_calls()) == slots)
        waits = pool.submit(at_odd_times.execute, WELL, timeout_s=60)
        late = pool.submit(at_odd_times.execute, WELL, timeout_s=0.2).result()
        assert isinstance(late, Refused), late
        assert late.reason == "BUSY"
        assert isinstance(waits.result(), Returned)
        for each in long:
            assert isinstance(each.result(), Returned)


class Group:
    """A control group of one kind, for one process and what it starts."""

    def __init__(self, kind: str) -> None:
        root = Path("/sys/fs/cgroup") / kind
        self._path = root / f"cloche-test-{os.getpid()}"
        if not (root / "cgroup.procs").exists():
            pytest.skip(f"no control groups of version 1 for {kind}")
        try:
            self._path.mkdir()
        except OSError as error:
            pytest.skip(f"no control group for {kind} can be made: {error}")

    @property
    def command(self) -> list[str]:
        return ["sh", "-c", f'echo $$ > {self._path}/cgroup.procs && exec "$@"', "sh"]

    def read(self, name: str) -> int:
        return int((self._path / name).read_text())

    def limit(self, name: str, most: int) -> None:
        (self._path / name).write_text(str(most))

    def remove(self) -> None:
        wait_until(lambda: not (self._path / "cgroup.procs").read_text())
        self._path.rmdir()


@contextlib.contextmanager
def grouped(kind: str, config: ServerConfig) -> Iterator[tuple[RunningServer, Group]]:
    group = Group(kind)
    try:
        with running_server(config, under=group.command) as running:
            assert isinstance(running.execute(WELL), Returned)
            running.idle_sandboxes()
            yield running, group
    finally:
        group.remove()


def test_where_no_process_can_be_started_the_server_says_so_and_recovers(
    config: ServerConfig,
) -> None:
    """What is ready is used; then there is neither room for a sandbox nor for its threads."""
    with grouped("pids", config) as (server, group):
        for spare in (0, 1, 2):
            group.limit("pids.max", group.read("pids.current") + spare)
            outcomes = [server.execute(WELL, timeout_s=10, deadline_s=60) for _ in range(8)]
            for outcome in outcomes:
                assert isinstance(outcome, (Returned, Refused)), outcome
                if isinstance(outcome, Refused):
                    assert outcome.reason in ("BUSY", "SANDBOX_DIED", "NOT_READY"), outcome
            assert server.info().state == pb.SERVER_STATE_READY
            group.limit("pids.max", 10_000)
            wait_until(lambda: isinstance(server.execute(WELL), Returned))
        assert server.value(WELL) == "well"


def test_when_memory_runs_out_for_real_only_the_call_that_took_it_ends(
    config: ServerConfig,
) -> None:
    """The kernel kills: its group has less than the call may take."""
    grows = """
import time, torch
def f(model, tokenizer):
    kept = []
    for _ in range(60):
        kept.append(torch.ones(4 << 20))
        time.sleep(0.01)
    return len(kept)
"""
    with grouped("memory", config) as (server, group):
        zygote = server.zygote().pid
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(server.execute, SLEEP, 5)
            wait_until(server.sleeping_calls)
            group.limit("memory.limit_in_bytes", group.read("memory.usage_in_bytes") + 200 * MIB)
            outcome = server.execute(grows, memory_bytes=2 << 30, timeout_s=60)
            assert isinstance(outcome, Refused), outcome
            assert outcome.reason == "SANDBOX_DIED"
            assert "by the kernel for lack of memory" in outcome.message
            assert isinstance(other.result(), Returned)
        assert server.zygote().pid == zygote
        assert server.value(WELL) == "well"


@pytest.fixture(scope="module")
def heavy(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a vocabulary that takes 100 MiB."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = tmp_path_factory.mktemp("heavy")
    model = AutoModelForCausalLM.from_pretrained(tiny_model)
    model.resize_token_embeddings(400_000, mean_resizing=False)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(folder)
    return folder


def test_a_large_model_dirtied_by_all_calls_at_once_is_each_calls_own_memory(
    config: ServerConfig, heavy: Path
) -> None:
    """Every copy counts against its call; nobody else's weights change."""
    dirty = """
import time, torch
def f(model, tokenizer):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1)
    time.sleep(1)
    return float(sum(p.double().sum() for p in model.parameters()))
"""
    total = (
        "def f(model, tokenizer): return float(sum(p.double().sum() for p in model.parameters()))"
    )
    own = dataclasses.replace(config, model=ModelConfig(name=str(heavy), threads=1), pool_size=4)
    slots = config.limits.concurrent_calls
    with running_server(own) as server, ThreadPoolExecutor(slots) as pool:
        weights = server.info().model.weight_bytes
        assert weights > 90 * MIB
        before = server.value(total)
        for memory, reason in ((weights // 2, "MEMORY_LIMIT"), (6 * weights, "")):
            peak = 0
            calls = [
                pool.submit(server.execute, dirty, memory_bytes=memory, timeout_s=60)
                for _ in range(slots)
            ]
            while not all(call.done() for call in calls):
                peak = max(peak, private_bytes(server))
                time.sleep(0.02)
            for call in calls:
                outcome = call.result()
                assert (outcome.reason if isinstance(outcome, Refused) else "") == reason, outcome
                if isinstance(outcome, Returned):
                    assert outcome.value != before
                    assert outcome.usage.memory_peak_bytes >= weights
            # Beside it: what a sandbox holds before, and takes between two looks of the watch.
            assert peak < slots * (memory + 128 * MIB)
        assert server.value(total) == before


def private_bytes(server: RunningServer) -> int:
    """What all sandboxes together have of their own, shared with no other."""
    found = 0
    for process in server.sandboxes():
        with contextlib.suppress(psutil.Error, OSError):
            found += process.memory_full_info().uss
    return found
