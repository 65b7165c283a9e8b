"""A session whose process is in a technique's hands: the language wall is off, and all of our own
code in it is theirs. It gets no process that the front does not know of, and nobody else notices.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Iterator

import psutil
import pytest
from cloche import (
    ClocheError,
    InterpClient,
    MemoryLimitError,
    SandboxError,
    Session,
    SessionError,
)
from cloche.contract.config import ServerConfig

from tests.support.server import RunningServer, running_server
from tests.support.waiting import wait_until

OK = "def f(model, tokenizer):\n    return 1\n"


@pytest.fixture(scope="module")
def hostile(config: ServerConfig) -> Iterator[RunningServer]:
    off = dataclasses.replace(config, unsafe_walls_off=("language",))
    with running_server(off) as running:
        yield running


@pytest.fixture
def client(hostile: RunningServer) -> Iterator[InterpClient]:
    """A neighbour has a session, and a fork of it; both live through all of it."""
    with InterpClient(address=hostile.address, progress=False) as made:
        with made.session() as neighbour:
            neighbour.run("def f(model, tokenizer):\n    global kept\n    kept = 5\n")
            with neighbour.fork() as branch:
                yield made
                for each in (neighbour, branch):
                    assert each.run("def g(model, tokenizer):\n    return kept\n") == 5
        assert made.run(OK) == 1
        wait_until(lambda: not families(hostile), otherwise=lambda: "processes are left")


def families(server: RunningServer) -> list[list[psutil.Process]]:
    """The processes of each session that there is."""
    found = []
    for keeper in server.sandboxes():
        with contextlib.suppress(psutil.NoSuchProcess):
            if below := keeper.children(recursive=True):
                found.append(below)
    return found


def technique(body: str) -> str:
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return f"def act(model, tokenizer):\n{lines}\n"


def use_a_fork(session: Session) -> None:
    """Where it comes to a copy: what is beyond that was killed, and so one of the two."""
    with session.fork() as branch:
        branch.run(OK)
        session.run(OK)


def use_often(session: Session, act: str) -> None:
    session.run(act)
    for _ in range(100):
        session.run(OK)
        time.sleep(0.05)


def require_ended(session: Session) -> None:
    """It has, or is about to."""

    def ended() -> bool:
        try:
            session.run(OK)
        except (SessionError, SandboxError):
            return True
        except ClocheError:
            return False
        return False

    wait_until(ended, otherwise=lambda: "the session goes on")


# Each gives a process of the caller's own making, where nothing stops it.
FORKS = {
    "fork": "import os\nreturn os.fork()",
    "fork in a thread": """
import os, threading
thread = threading.Thread(target=os.fork)
thread.start()
thread.join()
""",
    "announced without a fork": """
import ctypes
return ctypes.CDLL(None).syscall(124, 0)
""",
}


@pytest.mark.parametrize("act", FORKS.values(), ids=FORKS)
def test_no_fork_but_those_that_are_ordered(client: InterpClient, act: str) -> None:
    session = client.session()
    with pytest.raises(SandboxError, match=r"tried the system call (clone|getsid)"):
        session.run(technique(act))
    require_ended(session)


REFUSED = {
    "vfork": "import ctypes\nlibc = ctypes.CDLL(None)\nreturn libc.syscall(58)",
    "fork by number": "import ctypes\nlibc = ctypes.CDLL(None)\nreturn libc.syscall(57)",
    "clone with another signal": (
        "import ctypes\nlibc = ctypes.CDLL(None)\nreturn libc.syscall(56, 0x1200000, 0, 0, 0, 0)"
    ),
    "clone beside its parent": (
        "import ctypes\nlibc = ctypes.CDLL(None)\nreturn libc.syscall(56, 0x1208011, 0, 0, 0, 0)"
    ),
    "clone3": (
        "import ctypes\nlibc = ctypes.CDLL(None)\n"
        "return libc.syscall(435, ctypes.create_string_buffer(64), 64)"
    ),
    "killing its keeper": "import ctypes\nreturn ctypes.CDLL(None).kill(1, 9)",
    "tracing its keeper": "import ctypes\nreturn ctypes.CDLL(None).ptrace(16, 1, 0, 0)",
}


@pytest.mark.parametrize("act", REFUSED.values(), ids=REFUSED)
def test_what_is_answered_with_an_error(client: InterpClient, act: str) -> None:
    with client.session() as session:
        assert session.run(technique(act)) == -1
        assert session.run(OK) == 1


# What a technique makes of our own code, which then is told to fork.
TREASON = {
    "the copy says nothing": """
import os
from cloche_server.walls.kernel import forking
forking.fork = lambda: os.fork() == 0
""",
    "the copy runs away": """
import os, time
from cloche_server.walls.kernel import forking
def fork():
    if os.fork() == 0:
        while True:
            time.sleep(1)
    return False
forking.fork = fork
""",
    "the copy is denied": """
import os, time
from cloche_server.walls.kernel import forking
def fork():
    if os.fork() == 0:
        time.sleep(1000)
    raise OSError(12, "no room")
forking.fork = fork
""",
    "there is no copy": """
from cloche_server.walls.kernel import forking
forking.fork = lambda: False
""",
    "two copies": """
import os
from cloche_server.walls.kernel import forking
fork = forking.fork
forking.fork = lambda: fork() or fork()
""",
    "the copy copies itself": """
import os
from cloche_server.walls.kernel import forking
fork = forking.fork
forking.fork = lambda: fork() and os.fork() == 0
""",
    "announced by the origin": """
import ctypes, os
from cloche_server.walls.kernel import forking
def fork():
    if os.fork():
        ctypes.CDLL(None).syscall(124, 0)
    return False
forking.fork = fork
""",
    "announced by a thread": """
import ctypes, os, threading, time
from cloche_server.walls.kernel import forking
def fork():
    if os.fork():
        return False
    threading.Thread(target=lambda: ctypes.CDLL(None).syscall(124, 0)).start()
    time.sleep(1000)
forking.fork = fork
""",
    "forked by a thread": """
import os, threading
from cloche_server.walls.kernel import forking
def fork():
    thread = threading.Thread(target=os.fork)
    thread.start()
    thread.join()
    return False
forking.fork = fork
""",
    "it does not fork at all": """
import time
from cloche_server.walls.kernel import forking
forking.fork = lambda: time.sleep(1000)
""",
    "it answers with a result": """
from cloche_server.walls.kernel import forking
from cloche_server.ipc import job
forking.fork = lambda: None
job.Forked = lambda *_: job.Returned(0.0)
""",
}


@pytest.mark.parametrize("act", TREASON.values(), ids=TREASON)
def test_a_session_that_forks_otherwise_than_it_is_told(
    client: InterpClient, hostile: RunningServer, act: str
) -> None:
    session = client.session()
    session.run(technique(act))
    with pytest.raises((SandboxError, SessionError)):
        use_a_fork(session)
    require_ended(session)
    wait_until(lambda: len(families(hostile)) == 1, otherwise=lambda: "its processes live on")


def test_nothing_computes_while_no_call_runs(client: InterpClient, hostile: RunningServer) -> None:
    session = client.session()
    spin = """
import threading
def spin():
    while True:
        pass
threading.Thread(target=spin, daemon=True).start()
"""
    session.run(technique(spin))
    wait_until(lambda: len(families(hostile)) == 1, otherwise=lambda: "it computes on")
    require_ended(session)


def test_nothing_grows_while_no_call_runs(client: InterpClient, hostile: RunningServer) -> None:
    session = client.session()
    grow = """
import threading, time
def grow():
    kept = []
    while True:
        kept.append(b"x" * (8 << 20))
        time.sleep(0.01)
threading.Thread(target=grow, daemon=True).start()
"""
    session.run(technique(grow))
    wait_until(lambda: len(families(hostile)) == 1, otherwise=lambda: "it grows on")
    require_ended(session)


def test_what_is_said_between_calls_is_the_next_calls_own_harm(client: InterpClient) -> None:
    session = client.session()
    flood = """
import os, threading
def flood():
    while True:
        os.write(3, b"\\xff" * 65536)
threading.Thread(target=flood, daemon=True).start()
"""
    with pytest.raises((SandboxError, SessionError)):
        use_often(session, technique(flood))


def test_a_session_of_ten_gigabytes(client: InterpClient) -> None:
    grow = """
kept = []
while True:
    kept.append(bytearray(64 << 20))
    for at in range(0, 64 << 20, 4096):
        kept[-1][at] = 1
"""
    with (
        client.session(memory="400MB") as session,
        pytest.raises((MemoryLimitError, SandboxError)),
    ):
        session.run(technique(grow))


def test_checkpoints_count_for_their_session(client: InterpClient, hostile: RunningServer) -> None:
    """Each holds what the session held: the oldest go where that is too much."""
    grow = "def f(model, tokenizer):\n    global kept\n    kept = bytearray(b'x' * (60 << 20))\n"
    with client.session(memory="400MB", checkpoints=8) as session:
        for _ in range(8):
            session.run(grow)
        with pytest.raises(SessionError, match="there are: "):
            session.rollback(0)
        assert session.run(OK) == 1
