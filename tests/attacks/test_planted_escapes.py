"""The runner sees an escape where there is one: each kind of effect is planted, and must be found.

Three ways to plant: a server without any wall, where attacks really succeed; an accomplice outside,
who does it while a call behind both walls runs; a language wall with a hole in it.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import threading
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cloche.contract.config import ServerConfig
from cloche_server.walls.language import LanguageWall

from tests.attacks import language_alone
from tests.attacks.behind_server import Target, target
from tests.attacks.scene import Scene, planted
from tests.attacks.small_client import SmallClient
from tests.attacks.unconfined import Subjects
from tests.support.server import RunningServer, running_server

HEADER = '"""Class: planted. Source: own find. Escape: it is meant to."""\n'
HOLD = "; time.sleep(1)"

# What an attack does without any wall but the namespaces around the zygote, and what must be
# reported. What those close also here, an accomplice does.
SUCCEEDS = {
    "a file": ("open(scene['folder'] + '/escaped', 'w')", "a file was written"),
    "a changed file": ("open(scene['secret_file'], 'w')", "the file with the secret was changed"),
    "a program": (
        "os.execvp('touch', ['touch', scene['folder'] + '/escaped'])",
        "a file was written",
    ),
    "a process": ("os.fork() or (time.sleep(2), os._exit(0))" + HOLD, "a process has 1 children"),
    "a secret of a file": (
        "return open(scene['secret_file']).read()",
        "the secret of the file came back",
    ),
    "a secret printed": (
        "print(open(scene['secret_file']).read())",
        "the secret of the file came back",
    ),
    "a secret in an error": (
        "raise ValueError(open(scene['secret_file']).read())",
        "the secret of the file came back",
    ),
    "a descriptor": ("kept = os.memfd_create('x')" + HOLD, "a process came to hold descriptors"),
    "machine code": (
        "kept = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)" + HOLD,
        "a process came to hold executable",
    ),
    "a namespace": (
        "ctypes.CDLL(None).unshare(0x04000000)" + HOLD,
        "a process came to hold namespaces",
    ),
}
IMPORTS = "import ctypes, mmap, os, resource, socket, subprocess, time\n"


def plant(folder: Path, body: str, *, after: str = "") -> Path:
    path = folder / "planted.py"
    path.write_text(f"{HEADER}{IMPORTS}\ndef attack(model, tokenizer, scene):\n    {body}\n{after}")
    return path


@pytest.fixture(scope="module")
def unwalled(attacked: ServerConfig) -> Iterator[Target]:
    with target(replace(attacked, unsafe_walls_off=("language", "kernel"))) as found:
        yield found


@pytest.mark.parametrize("what", SUCCEEDS)
def test_an_attack_that_succeeds_is_seen(unwalled: Target, tmp_path: Path, what: str) -> None:
    body, expected = SUCCEEDS[what]
    outcome = unwalled.attempt(plant(tmp_path, body))
    assert outcome.effect is not None, outcome
    assert expected in outcome.effect


def test_what_the_next_call_finds_is_seen(unwalled: Target, tmp_path: Path) -> None:
    body = "open('/dev/shm/' + scene['abstract'], 'w').write(scene['deposit'])"
    name = f"/dev/shm/{unwalled.scene.facts()['abstract']}"
    after = f"\ndef pick_up(model, tokenizer):\n    return open({name!r}).read()\n"
    try:
        outcome = unwalled.attempt(plant(tmp_path, body, after=after))
    finally:
        Path(name).unlink()
    assert outcome.effect == "the next call found what was left for it"


SLEEPER = f"{HEADER}import time\n\n\ndef attack(model, tokenizer, scene):\n    time.sleep(1.2)\n"
Act = Callable[[Target], object]


def _connect(found: Target) -> None:
    socket.create_connection(("127.0.0.1", found.scene.facts()["tcp"])).close()


def _send(found: Target) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", found.scene.facts()["udp"]))


def _signal(name: str, number: signal.Signals) -> Act:
    return lambda found: os.kill(found.scene.facts()["processes"][name], number)


def _limit(found: Target) -> None:
    victim = found.scene.facts()["processes"]["victim"]
    resource.prlimit(victim, resource.RLIMIT_NOFILE, (9, 9))


def _fail(found: Target) -> None:
    """As an exception that nobody caught would be logged."""
    with open(f"/proc/{found.server.process.pid}/fd/2", "a") as log:
        log.write("\n" * 4096 + "Traceback (most recent call last):\n")  # past what it writes next


# These leave the server whole, and the scene is made good again.
AROUND: dict[str, tuple[Act, str]] = {
    "a file": (lambda found: (found.scene.folder / "escaped").touch(), "a file was written"),
    "a changed secret": (
        lambda found: (found.scene.folder / "secret").write_text("x"),
        "the file with the secret was changed",
    ),
    "a connection": (_connect, "the network was reached: tcp"),
    "a datagram": (_send, "the network was reached: udp"),
    "a stopped victim": (_signal("victim", signal.SIGSTOP), "another process was stopped"),
    "a victim's limits": (_limit, "another process's limits were changed"),
    "a killed victim": (_signal("victim", signal.SIGKILL), "another process was killed"),
}
# These do not, the last of them for good.
WITHIN: dict[str, tuple[Act, str]] = {
    "a killed zygote": (_signal("zygote", signal.SIGKILL), "the zygote ended"),
    "a failure in the log": (_fail, "the server's log holds a failure"),
    "the front's end": (_signal("front", signal.SIGKILL), "the server ended"),
}


@pytest.fixture(scope="module")
def both(attacked: ServerConfig) -> Iterator[Target]:
    with target(attacked) as found:
        yield found


@pytest.fixture(scope="module")
def doomed(attacked: ServerConfig) -> Iterator[RunningServer]:
    with running_server(attacked) as running:
        yield running


def _effect(found: Target, act: Act, folder: Path) -> str:
    """What is reported of an attack that only sleeps, while `act` is done from outside."""
    path = folder / "sleeper.py"
    path.write_text(SLEEPER)
    outside = threading.Timer(0.2, act, [found])
    outside.start()
    outcome = found.attempt(path)
    outside.join()
    return outcome.effect or "nothing"


@pytest.mark.parametrize("what", AROUND)
def test_what_an_accomplice_does_is_seen(both: Target, tmp_path: Path, what: str) -> None:
    """Behind both walls nothing succeeds; what would be the effect is done from outside."""
    act, expected = AROUND[what]
    assert expected in _effect(both, act, tmp_path)


@pytest.mark.parametrize("what", WITHIN)
def test_what_an_accomplice_does_to_the_server_is_seen(
    doomed: RunningServer, tmp_path: Path, what: str
) -> None:
    act, expected = WITHIN[what]
    doomed.wait_until_ready()
    folder = tmp_path / "folder"
    folder.mkdir()
    with planted(folder) as scene:
        found = Target(doomed, scene)
        try:
            assert expected in _effect(found, act, tmp_path)
        finally:
            found.close()


def test_an_attack_that_does_nothing_is_none(both: Target, tmp_path: Path) -> None:
    assert _effect(both, lambda found: None, tmp_path) == "nothing"


def test_a_secret_that_came_back_is_seen(
    both: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack is told one, and returns it."""
    told = {"told": both.scene.secrets["neighbour"]}
    monkeypatch.setattr(both.scene, "facts", lambda: Scene.facts(both.scene) | told)
    path = tmp_path / "parrot.py"
    path.write_text(f"{HEADER}\ndef attack(model, tokenizer, scene): return scene['told']\n")
    assert both.attempt(path).effect == "the secret of the neighbour came back"


def test_a_next_call_that_differs_is_seen(
    both: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is compared with what another server's first call found."""
    source = both._witness.replace('"dtype": str(torch.zeros(1).dtype)', '"dtype": "torch.float16"')
    monkeypatch.setattr(both, "_witness", source)
    path = tmp_path / "sleeper.py"
    path.write_text(SLEEPER)
    assert both.attempt(path).effect == "the next call met another world: dtype"


def test_a_client_that_breaks_is_seen() -> None:
    """One that evaluates what it is sent stands for whatever a decoder may do wrong."""
    client = SmallClient(decode="eval")
    try:
        assert client.harmed_by(b"1") is None
        assert (
            client.harmed_by(b"1 / 0") == "a client was harmed: ZeroDivisionError: division by zero"
        )
        assert client.harmed_by(b"bytes(1 << 40)") is not None
        assert client.harmed_by(b"__import__('os').abort()") == "a client was harmed: it died"
        assert client.harmed_by(b"1") is None
    finally:
        client.close()


class Holed:
    """A language wall that hands out one thing too many."""

    def __init__(self, wall: LanguageWall, hole: object) -> None:
        self._wall = wall
        self._hole = hole

    def namespace(self, **ways: Any) -> dict[str, Any]:
        namespace = self._wall.namespace(**ways)
        # A function of the technique's own, as it seems, whose code no guard was put into.
        inner = (lambda act: act()).__code__
        namespace["hole"] = types.FunctionType(inner, namespace, "hole", (self._hole,))
        return namespace


HOLES: dict[str, tuple[object, str]] = {
    "a file": (lambda: Path("escaped").touch(), "a file was written"),
    "a program": (lambda: subprocess.run(["touch", "escaped"]), "a file was written"),
    "a process": (lambda: subprocess.Popen(["sleep", "30"]) and None, "a process was left behind"),
    "a secret": (lambda: os.environ["CLOCHE_CANARY"], "a secret was returned"),
    "a module": (lambda: os, "a module was handed out"),
    "a function": (lambda: subprocess.run, "the library function run was handed out"),
    "a crash": (lambda: os.kill(os.getpid(), signal.SIGSEGV), "the process died"),
    "a descriptor": (lambda: os.memfd_create("x") and time.sleep(0.3), "came to hold descriptors"),
}


@pytest.mark.parametrize("what", HOLES)
def test_a_hole_in_the_language_wall_is_seen(
    wall: LanguageWall, subjects: Subjects, tmp_path: Path, what: str
) -> None:
    hole, expected = HOLES[what]
    path = tmp_path / "through.py"
    path.write_text(f"{HEADER}\ndef attack(model, tokenizer, address): return hole()\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    outcome = language_alone.attempt(path, Holed(wall, hole), subjects, folder)  # type: ignore[arg-type]
    assert outcome.effect is not None, outcome
    assert expected in outcome.effect


def test_a_whole_language_wall_lets_nothing_through(
    wall: LanguageWall, subjects: Subjects, tmp_path: Path
) -> None:
    path = tmp_path / "harmless.py"
    path.write_text(f"{HEADER}\ndef attack(model, tokenizer, address): return 1\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    assert language_alone.attempt(path, wall, subjects, folder).effect is None
