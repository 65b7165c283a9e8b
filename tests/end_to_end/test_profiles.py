"""Whole servers in poorer places than bare Linux: what each place lacks, other layers close.

The poorest, gVisor, is in tests/gvisor.
"""

from __future__ import annotations

import dataclasses
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cloche import wire
from cloche.contract.config import ServerConfig

from tests.end_to_end.test_kernel_wall_alone import ATTEMPTS
from tests.support import profiles
from tests.support.memory import holds
from tests.support.server import Raised, Refused, RunningServer, running_server

PROFILES = {
    "container": profiles.container,
    "container of one user": lambda: profiles.container(users=1),
    "unprivileged": profiles.unprivileged,
    "unprivileged in a container": lambda: [*profiles.container(), *profiles.unprivileged()],
}
MISSING = {
    "container": {
        "user namespace", "ipc namespace", "empty root", "network namespace", "pid namespace",
    },
    "container of one user": {
        "unprivileged user",
        "user namespace", "ipc namespace", "empty root", "network namespace", "pid namespace",
    },
    "unprivileged": {"unprivileged user"},
    "unprivileged in a container": {
        "unprivileged user",
        "user namespace", "ipc namespace", "empty root", "empty directory", "network namespace",
        "pid namespace",
    },
}  # fmt: skip
TOKEN = "secret-" + secrets.token_hex(24)


@pytest.fixture(scope="module", params=PROFILES)
def profile(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def place(profile: str, config: ServerConfig) -> Iterator[RunningServer]:
    """A server there, a token in its environment; plain Python in its sandboxes."""
    under = PROFILES[profile]()
    # It starts others of its kind: the second one tells whether what is found is what was named.
    again = "import cloche_server, torch, os, sys; os.execv(sys.executable, [sys.executable, '-V'])"
    if subprocess.run([*under, sys.executable, "-P", "-c", again], cwd="/").returncode != 0:
        pytest.skip("this Python is closed to other users")
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to other users
        model = shutil.copytree(config.model.name, Path(folder) / "model")
        for path in (Path(folder), model, *model.iterdir()):
            path.chmod(0o755)
        here = dataclasses.replace(config.model, name=str(model))
        off = dataclasses.replace(config, model=here, unsafe_walls_off=("language",))
        env = {**os.environ, "HF_TOKEN": TOKEN}
        with running_server(off, env=env, under=under) as server:
            yield server


def test_what_is_missing_is_said_and_closed_by_others(place: RunningServer, profile: str) -> None:
    layers = {layer.name: layer for layer in place.info().layers}
    missing = {name for name, layer in layers.items() if not layer.active}
    assert missing - {"language wall", "landlock"} == MISSING[profile]
    for name in missing - {"language wall"}:
        assert "Instead: " in layers[name].detail, name
        assert "seccomp" in layers[name].detail, name


def test_attempts_are_refused(place: RunningServer) -> None:
    for what, body in ATTEMPTS.items():
        lines = "\n".join("    " + line for line in body.splitlines())
        outcome = place.execute(f"def attack(model, tokenizer):\n{lines}\n    return 'done'")
        assert isinstance(outcome, Raised), (what, outcome)
        assert outcome.type == "PermissionError", what


def test_a_forbidden_call_ends_the_sandbox(place: RunningServer) -> None:
    outcome = place.execute(
        "import ctypes\ndef attack(model, tokenizer): return ctypes.CDLL(None).mount(0, 0, 0, 0, 0)"
    )
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason == "SANDBOX_DIED"


def test_copies_of_the_models_pages_count(place: RunningServer) -> None:
    """Memory that only the front's watch sees."""
    source = (
        "def attack(model, tokenizer):\n"
        "    while True:\n"
        "        for parameter in model.parameters(): parameter.data.add_(1)"
    )
    outcome = place.execute(source, memory_bytes=1 << 16, timeout_s=20)
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason == "MEMORY_LIMIT"


def test_the_token_stays_in_the_front(place: RunningServer, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(0o600)
    front = place.process.pid
    places = [str(file), f"/proc/{front}/environ", "/proc/1/environ", f"/proc/{front}/mem",
              "/proc/self/environ", "/proc/thread-self/mem"]  # fmt: skip
    source = "def attack(model, tokenizer, place): return open(place, 'rb').read(1000)"
    for path in places:
        outcome = place.execute(source, path)
        assert isinstance(outcome, Raised), (path, outcome)
        assert outcome.type == "PermissionError", path
    assert holds(front, TOKEN.encode()), "or the search below would prove nothing"
    below = [process for process in place.processes() if process.pid != front]
    assert place.zygote() in below
    assert place.sandboxes() & set(below)
    assert [process.cmdline() for process in below if holds(process.pid, TOKEN.encode())] == []


def test_a_technique_gives_what_it_gives_elsewhere(
    place: RunningServer, kernel_wall_alone: RunningServer
) -> None:
    source = Path("techniques/fingerprint.py").read_text()
    here, there = (server.value(source, seed=1) for server in (place, kernel_wall_alone))
    assert wire.encode(here) == wire.encode(there)
