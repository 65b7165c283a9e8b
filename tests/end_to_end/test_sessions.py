"""Sessions: what calls leave is there for the next, for copies as it was, and for nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from cloche import (
    AsyncInterpClient,
    CallTimeoutError,
    InterpClient,
    MemoryLimitError,
    PolicyError,
    SandboxError,
    ServerBusyError,
    Session,
    SessionError,
    TechniqueError,
)
from cloche.contract.config import ServerConfig

from tests.support.server import RunningServer, running_server
from tests.support.waiting import PATIENCE_S, wait_until

SET = "def put(model, tokenizer, value):\n    global kept\n    kept = value\n"
GET = "def get(model, tokenizer):\n    return kept\n"
EDIT = """
import torch

def edit(model, tokenizer, amount):
    with torch.no_grad():
        next(model.parameters()).add_(amount)
"""
WEIGHT = """
def weight(model, tokenizer):
    return next(model.parameters()).flatten()[0].item()
"""
FORWARD = """
import torch

def forward(model, tokenizer):
    with torch.no_grad():
        return model(**tokenizer("Paris is in", return_tensors="pt")).logits.sum().item()
"""
SLEEP = "import time\ndef sleep(model, tokenizer):\n    time.sleep(60)\n"
LIMITS = {"sessions": 6, "sessions_each": 5, "session_idle_max_s": 600.0}


@pytest.fixture(scope="module")
def sessions(config: ServerConfig) -> Iterator[RunningServer]:
    limits = dataclasses.replace(config.limits, **LIMITS)  # type: ignore[arg-type]
    with running_server(dataclasses.replace(config, limits=limits)) as running:
        yield running


@pytest.fixture
def client(sessions: RunningServer) -> Iterator[InterpClient]:
    with InterpClient(address=sessions.address, progress=False) as made:
        yield made
        until_gone(sessions)


def until_gone(server: RunningServer) -> None:
    """Every session has ended, and nothing of one is left."""
    wait_until(lambda: not processes(server))


def processes(server: RunningServer) -> set[psutil.Process]:
    """Of all sessions, without their keepers."""
    found = set()
    for keeper in server.sandboxes():
        with contextlib.suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            found |= set(keeper.children())
    return found


def test_names_and_weights_stay_and_are_nobody_elses(client: InterpClient) -> None:
    before = client.run(WEIGHT)
    with client.session() as first, client.session() as second:
        first.run(SET, 3)
        first.run(EDIT, 1.0)
        assert first.run(GET) == 3
        assert first.run(WEIGHT) == pytest.approx(before + 1)
        assert second.run(WEIGHT) == before
        with pytest.raises(TechniqueError, match="NameError"):
            second.run(GET)
    assert client.run(WEIGHT) == before


def test_a_session_of_twenty_calls_with_a_fork_at_ten(client: InterpClient) -> None:
    with client.session() as session:
        start = session.run(FORWARD)
        session.run(SET, 10)
        for _ in range(8):
            session.run(EDIT, 0.01)
        at_fork = session.run(FORWARD)
        assert at_fork != start
        with session.fork() as branch:
            assert branch.terms.calls == 11
            assert branch.handle != session.handle
            assert branch.run(FORWARD) == at_fork
            for _ in range(10):
                session.run(EDIT, 0.01)
            session.run(SET, "trunk")
            branch.run(SET, "branch")
            assert branch.run(FORWARD) == at_fork
            assert session.run(FORWARD) != at_fork
            assert (session.run(GET), branch.run(GET)) == ("trunk", "branch")


def test_a_fork_outlives_its_origin(client: InterpClient) -> None:
    session = client.session()
    session.run(SET, 1)
    branch = session.fork()
    twig = branch.fork()
    session.close()
    assert branch.run(GET) == 1
    branch.close()
    assert twig.run(GET) == 1
    assert isinstance(twig.run(FORWARD), float)
    twig.close()


def test_random_numbers_go_on_in_a_fork_as_in_its_origin(client: InterpClient) -> None:
    draw = """
import random
import torch

def draw(model, tokenizer):
    return random.random(), torch.rand(1).item()
"""
    with client.session() as session:
        session.run(draw)
        with session.fork() as branch:
            assert branch.run(draw) == session.run(draw)


def test_rollback_goes_to_any_state_that_is_kept(client: InterpClient) -> None:
    with client.session(checkpoints=3) as session:
        for number in range(5):
            session.run(SET, number)
        with pytest.raises(SessionError, match="is not kept; there are: 2, 3, 4"):
            session.rollback(1)
        session.rollback(3)
        assert session.run(GET) == 2
        assert session.terms.calls == 3
        session.rollback(3)
        session.run(SET, "again")
        assert session.run(GET) == "again"
        session.rollback(2)
        assert session.run(GET) == 1


def test_without_checkpoints_there_is_no_way_back(client: InterpClient) -> None:
    with client.session() as session:
        session.run(SET, 1)
        with pytest.raises(SessionError, match="without checkpoints"):
            session.rollback(0)
        assert session.run(GET) == 1


def test_what_a_call_may_do_wrong_without_ending_its_session(client: InterpClient) -> None:
    with client.session() as session:
        session.run(SET, 7)
        with pytest.raises(TechniqueError, match="ZeroDivisionError"):
            session.run("def f(model, tokenizer):\n    return 1 / 0\n")
        with pytest.raises(PolicyError):
            session.run("import socket\ndef f(model, tokenizer):\n    socket.socket()\n")
        assert session.run(GET) == 7


def test_a_function_of_an_earlier_call_is_named_in_a_traceback(client: InterpClient) -> None:
    define = "def helper(x):\n    return 1 / x\n\ndef define(model, tokenizer):\n    pass\n"
    with client.session().with_options(entry_point="define") as session:
        session.run(define)
        with pytest.raises(TechniqueError) as caught:
            session.with_options(entry_point="use").run(
                "def use(model, tokenizer):\n\n    return helper(0)\n"
            )
    frames = [(each.function, each.line) for each in caught.value.frames]
    assert frames == [("use", 3), ("helper", 0)]
    assert '<an earlier call>", in helper' in caught.value.traceback


def test_a_timeout_ends_the_session_and_says_so(client: InterpClient) -> None:
    with client.session().with_options(timeout=1.0) as session:
        with pytest.raises(CallTimeoutError, match="Its session has ended with it"):
            session.run(SLEEP)
        with pytest.raises(SessionError, match="no such session"):
            session.run(GET)


def test_memory_is_the_sessions_whole_life_long(client: InterpClient) -> None:
    grow = (
        "import torch\nkept = []\n\ndef grow(model, tokenizer):\n"
        "    kept.append(torch.ones(20_000_000))\n    return len(kept)\n"
    )
    again = (
        "import torch\n\ndef grow(model, tokenizer):\n"
        "    kept.append(torch.ones(20_000_000))\n    return len(kept)\n"
    )
    with client.session(memory="300MB") as session:
        assert session.run(grow) == 1
        with pytest.raises(MemoryLimitError):
            session.run(again.replace("    kept", "    for _ in range(30):\n        kept", 1))


def test_the_call_that_is_cancelled_ends_its_session(client: InterpClient) -> None:
    session = client.session()
    events = session.stream(SLEEP)
    next(events)
    events.close()
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            session.run(GET)
        except SessionError:
            break
        except (ServerBusyError, TechniqueError):
            time.sleep(0.05)
    else:
        raise AssertionError("it goes on")
    session.close()


def test_a_close_ends_the_call_that_runs(client: InterpClient, sessions: RunningServer) -> None:
    session = client.session()
    found: list[BaseException] = []

    def run() -> None:
        try:
            session.run(SLEEP)
        except BaseException as error:  # looked at below
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: any(sleeps(each) for each in processes(sessions)))
    session.close()
    thread.join(PATIENCE_S)
    assert "closed during the call" in str(found[0])


def sleeps(process: psutil.Process) -> bool:
    """Whether the technique that runs there does: it has a thread of its own."""
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{process.pid}/task").iterdir():
            if "nanosleep" in (thread / "wchan").read_text():
                return True
    return False


def test_an_idle_session_ends(client: InterpClient) -> None:
    session = client.session(idle_timeout=0.5)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        time.sleep(1.0)
        try:
            session.run("def f(model, tokenizer):\n    return 1\n")
        except SessionError:
            return
    raise AssertionError("it stays")


def test_a_lifetime_ends_also_what_runs(client: InterpClient) -> None:
    with client.session(lifetime=2.0) as session:
        with pytest.raises(Exception, match="its lifetime, and was ended"):
            session.run(SLEEP)
        with pytest.raises(SessionError):
            session.run(GET)


def test_no_more_sessions_than_there_may_be(client: InterpClient) -> None:
    opened = [client.session() for _ in range(LIMITS["sessions_each"])]  # type: ignore[arg-type]
    try:
        with pytest.raises(ServerBusyError, match="close one first"):
            client.session()
        with pytest.raises(ServerBusyError, match="close one first"):
            opened[0].fork()
        assert client.run("def f(model, tokenizer):\n    return 1\n") == 1
    finally:
        for session in opened:
            session.close()


def test_a_crash_ends_one_session_and_no_other(
    client: InterpClient, sessions: RunningServer
) -> None:
    with client.session() as session, client.session() as other:
        session.run(SET, 1)
        other.run(SET, 2)
        branch = session.fork()
        (victim,) = [
            each
            for keeper in sessions.sandboxes()
            if len(keeper.children(recursive=True)) == 2
            for each in keeper.children()
        ]
        victim.kill()
        with pytest.raises((SessionError, SandboxError)):
            session.run(GET)
        assert branch.run(GET) == 1
        assert other.run(GET) == 2
        branch.close()


def test_foreign_handles_are_told_the_same(client: InterpClient) -> None:
    with client.session() as session:
        texts = set()
        for handle in ("", "x", session.handle[:-1], session.handle + "a", "a" * 100):
            forged = Session.__new__(Session)
            forged.__dict__.update(session.__dict__)
            forged._client = session._client.with_options()
            forged._client._options = dataclasses.replace(
                session._client._options, session=handle or "-"
            )
            for act in (forged.fork, lambda each=forged: each.run(GET)):
                with pytest.raises(SessionError) as caught:
                    act()
                texts.add(str(caught.value))
        assert len(texts) == 1


async def test_asynchronously(sessions: RunningServer) -> None:
    async with (
        AsyncInterpClient(address=sessions.address, progress=False) as client,
        await client.session(checkpoints=2) as session,
    ):
        await session.run(SET, 1)
        async with await session.fork() as branch:
            await branch.run(SET, 2)
            assert await asyncio.gather(session.run(GET), branch.run(GET)) == [1, 2]
        await session.rollback(0)
        with pytest.raises(TechniqueError, match="NameError"):
            await session.run(GET)


@pytest.mark.parametrize("count", [30, pytest.param(1000, marks=pytest.mark.nightly)])
def test_opens_and_closes_leak_nothing(
    client: InterpClient, sessions: RunningServer, count: int
) -> None:
    front = psutil.Process(sessions.process.pid)
    zygote = sessions.zygote()

    def held() -> tuple[int, ...]:
        until_gone(sessions)
        sessions.idle_sandboxes()
        return front.num_fds(), zygote.num_fds(), front.num_threads(), len(sessions.zombies())

    def once() -> None:
        with client.session(checkpoints=1) as session:
            session.run(SET, 1)
            session.fork().close()

    once()
    before = held()
    for _ in range(count):
        once()
    assert held() == before
    # As many as at first, and as much memory, can be had.
    opened = [client.session() for _ in range(5)]
    for session in opened:
        session.close()


def test_without_the_kernels_leave_there_are_sessions_and_no_forks(config: ServerConfig) -> None:
    off = dataclasses.replace(config, unsafe_walls_off=("kernel",))
    with (
        running_server(off) as server,
        InterpClient(address=server.address, progress=False) as client,
        client.session() as session,
    ):
        session.run(SET, 1)
        with pytest.raises(SessionError, match="this server cannot copy sessions"):
            session.fork()
        assert session.run(GET) == 1
        session.close()
        until_gone(server)
