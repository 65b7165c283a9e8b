"""The embedded server's life, with a stand-in for the real one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cloche import InterpClient, ServerStartError, ServerUnavailableError
from cloche.contract.config import Limits, ModelConfig, ServerConfig

from tests.client.support import fake_embedded

if TYPE_CHECKING:
    from cloche.client.embedded import EmbeddedServer

SOURCE = "def f(model, tokenizer, x=1):\n    return x\n"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def fake_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "path"
    place.mkdir()
    fake_embedded.install(place)
    path = os.pathsep.join([str(place), str(ROOT / "client"), str(ROOT)])
    monkeypatch.setenv("PYTHONPATH", path)


def _server(client: InterpClient) -> EmbeddedServer:
    server = client._connection._embedded
    assert server is not None
    return server


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _gone(pid: int, patience_s: float = 10.0) -> bool:
    until = time.monotonic() + patience_s
    while _alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not _alive(pid)


def test_run_and_close() -> None:
    with InterpClient(model_name="tiny") as client:
        assert client.run(SOURCE, 5) == 5
        pid = _server(client).pid
        directory = Path(client.address.removeprefix("unix:")).parent
        assert directory.stat().st_mode & 0o777 == 0o700
    assert _gone(pid)
    assert not directory.exists()
    client.close()


def test_configuration_reaches_the_server() -> None:
    with InterpClient(
        model_name=Path("/models/tiny"),
        dtype="bfloat16",
        threads=3,
        dequantize=True,
        limits={"timeout_max_s": 70},
        cache_dir=Path("/cache"),
        also={"small": Path("/models/small")},
    ) as client:
        log = (Path(client.address.removeprefix("unix:")).parent / "server.log").read_text()
    (line,) = (each for each in log.splitlines() if each.startswith("config "))
    config = ServerConfig.from_json(line.removeprefix("config "))
    assert config.model == ModelConfig(
        name="/models/tiny", cache_dir="/cache", dequantize=True, dtype="bfloat16", threads=3
    )
    assert config.also == (ModelConfig(name="/models/small", served_as="small"),)
    assert config.limits == Limits(timeout_max_s=70)
    assert config.listen == client.address


def test_server_that_refuses_its_configuration() -> None:
    with pytest.raises(ServerStartError, match="exit code 3 while it started") as caught:
        InterpClient(model_name="broken")
    assert str(caught.value).endswith("cloche: no such model: 'broken'")


def test_server_that_dies_while_loading() -> None:
    with pytest.raises(ServerStartError, match=r"(?s)exit code 9.*Killed: out of memory"):
        InterpClient(model_name="dies-loading")


def test_model_that_loads_for_too_long_leaves_nothing_behind() -> None:
    before = set(_children())
    with pytest.raises(ServerUnavailableError, match="still starting"):
        InterpClient(model_name="stuck", ready_timeout=0.5)
    assert set(_children()) <= before


def test_server_killed_between_calls() -> None:
    with InterpClient(model_name="tiny", connect_timeout=1) as client:
        pid = _server(client).pid
        os.kill(pid, signal.SIGKILL)
        assert _gone(pid)
        with pytest.raises(ServerUnavailableError, match="was killed by signal 9"):
            client.run(SOURCE)


def test_dropped_client_stops_its_server() -> None:
    client = InterpClient(model_name="tiny")
    pid = _server(client).pid
    del client
    assert _gone(pid)


def test_view_keeps_the_server_alive() -> None:
    view = InterpClient(model_name="tiny").with_options(timeout=5)
    assert view.run(SOURCE) == 1


@pytest.mark.parametrize("ending", ["exit", "kill"])
def test_server_ends_with_its_parent(ending: str) -> None:
    program = (
        "from cloche import InterpClient; import os, signal, sys\n"
        "client = InterpClient(model_name='tiny')\n"
        "print(client._connection._embedded.pid, flush=True)\n"
        f"{'os.kill(os.getpid(), signal.SIGKILL)' if ending == 'kill' else 'sys.exit(0)'}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == (-9 if ending == "kill" else 0), done.stderr
    assert _gone(int(done.stdout))


def test_fork_of_the_owner_leaves_the_server_alone() -> None:
    # In a process of its own: gRPC's threads make forking this one unwise.
    program = (
        "from cloche.client.embedded import EmbeddedServer; import os, time, sys\n"
        "from cloche.contract.config import ModelConfig, ServerConfig\n"
        "server = EmbeddedServer(ServerConfig(model=ModelConfig(name='tiny')))\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    sys.exit(0)\n"
        "os.waitpid(pid, 0); time.sleep(0.3)\n"
        "print(server.death() is None)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout == "True\n", done.stderr


def test_missing_server_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ServerStartError, match=r"pip install 'cloche\[server\]'"):
        InterpClient(model_name="tiny")


def test_long_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with InterpClient(model_name="tiny") as client:
        assert client.run(SOURCE) == 1
    assert list(deep.iterdir()) == []


def _children() -> list[Any]:
    own = os.getpid()
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == own and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


def test_a_fork_does_not_keep_the_server_alive() -> None:
    script = (
        "import os, time\n"
        "from cloche import InterpClient\n"
        "client = InterpClient(model_name='tiny')\n"
        "if os.fork() == 0:\n"
        "    time.sleep(60)\n"
        "print(client._connection._embedded.pid, os.getpid(), flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert owner.stdout is not None
    server, leader = map(int, owner.stdout.readline().split())
    try:
        owner.wait(10)
        assert _gone(server)
    finally:
        os.killpg(leader, signal.SIGKILL)  # the fork, which still sleeps
        owner.stdout.close()


def test_a_server_that_says_why_it_ends_is_not_drowned_in_its_log() -> None:
    with pytest.raises(ServerStartError) as caught:
        InterpClient(model_name="broken")
    assert str(caught.value).endswith("\n\ncloche: no such model: 'broken'")


def test_repr_names_the_model() -> None:
    with InterpClient(model_name="tiny") as client:
        assert repr(client).startswith("<InterpClient model_name='tiny', address='unix:/")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_other_users_reach_neither_socket_nor_log() -> None:
    """Names are no secret: they are given to the other user. Nobody but the owner comes in."""
    other = """
import os, socket, sys
os.setgroups([]), os.setgid(65534), os.setuid(65534)
folder = sys.argv[1]
os.stat(folder)
def connect(): socket.socket(socket.AF_UNIX).connect(folder + "/cloche.sock")
for attempt in (
    lambda: os.listdir(folder),
    lambda: open(folder + "/server.log").read(),
    lambda: os.stat(folder + "/cloche.sock"),
    lambda: os.unlink(folder + "/cloche.sock"),
    lambda: os.symlink("/etc/passwd", folder + "/more"),
    lambda: os.rename(folder, folder + "-mine"),
    lambda: os.kill(int(sys.argv[2]), 9),
    lambda: open(f"/proc/{sys.argv[2]}/environ").read(),
    lambda: open(f"/proc/{sys.argv[2]}/fd/0", "w").write("{}"),
    connect,
):
    try:
        attempt()
    except PermissionError:
        print("refused")
    else:
        print("let in")
"""
    with InterpClient(model_name="tiny") as client:
        folder = Path(client.address.removeprefix("unix:")).parent
        assert (folder / "cloche.sock").is_socket()
        assert (folder / "server.log").is_file()
        pid = str(_server(client).pid)
        said = subprocess.run(
            ["/usr/bin/env", "-i", sys.executable, "-I", "-c", other, str(folder), pid],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert said.stdout.split("\n")[:-1] == ["refused"] * 10, said.stdout + said.stderr
        assert client.run(SOURCE, 5) == 5
