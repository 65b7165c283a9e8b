"""No secret of the server, and no word of another call, is in the memory of zygote or sandbox.

Looked for from outside, in every resident page of every process of a live server.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from cloche.contract.config import ServerConfig
from cloche.v1 import execution_pb2 as pb

from tests.support.memory import holds
from tests.support.server import RunningServer, request, running_server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="reads other processes' memory as root")

TOKENS = (
    "HF_TOKEN", "MODAL_TOKEN_ID", "MODAL_TOKEN_SECRET", "MODAL_IDENTITY_TOKEN",
    "MODAL_CONTAINER_ARGUMENTS_PATH", "AWS_SECRET_ACCESS_KEY", "CLOCHE_TEST_SECRET",
)  # fmt: skip
# Where Modal's client and the hub's keep theirs, below a home directory.
FILES = (".modal.toml", ".cache/huggingface/token", "container-arguments")


@pytest.fixture(scope="module")
def token() -> str:
    return "secret-" + secrets.token_hex(24)


@pytest.fixture(scope="module")
def home(token: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the token in files that anybody may read."""
    folder = tmp_path_factory.mktemp("home")
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"token = {token}\n")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


@pytest.fixture(scope="module")
def guarded(config: ServerConfig, token: str, home: Path) -> Iterator[RunningServer]:
    """A server whose environment is full of the token; plain Python in its sandboxes."""
    off = dataclasses.replace(config, unsafe_walls_off=("language",))
    env = {**os.environ, "HOME": str(home), **dict.fromkeys(TOKENS, token)}
    with running_server(off, env=env) as server:
        yield server


@contextlib.contextmanager
def another_call(server: RunningServer, word: str) -> Iterator[None]:
    """A call in the middle of its run: its argument, output and metadata carry `word`."""
    source = (
        "import time\n"
        "def hold(model, tokenizer, word):\n    print(word)\n    time.sleep(60)\n    return word"
    )
    call = pb.ExecuteStreamRequest(call=request(source, word))
    stream = server.stub.ExecuteStream(call, metadata=[("authorization", word)])
    try:
        while next(stream).WhichOneof("event") != "output":
            pass
        yield
    finally:
        stream.cancel()


def test_where_a_token_of_the_server_is(guarded: RunningServer, token: str) -> None:
    """It is in the front, or the search would prove nothing; it is nowhere below."""
    assert guarded.value("def f(model, tokenizer): return 1") == 1
    secret = token.encode()
    assert holds(guarded.process.pid, secret)
    below = [process for process in guarded.processes() if process.pid != guarded.process.pid]
    assert {guarded.launcher(), guarded.zygote(), *guarded.sandboxes()} <= set(below)
    assert guarded.sandboxes()
    assert [process.pid for process in below if holds(process.pid, secret)] == []
    for process in below:
        for name in ("environ", "cmdline"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended
                assert secret not in Path(f"/proc/{process.pid}/{name}").read_bytes()


def test_where_a_word_of_another_call_is(guarded: RunningServer) -> None:
    """In the front and in that call's own sandbox: not in the zygote, not in a waiting sandbox."""
    word = secrets.token_hex(24)
    guarded.value("def f(model, tokenizer): return 1")
    with another_call(guarded, word):
        wait_until(lambda: len(guarded.sandboxes()) > 1)
        sandboxes = {process.pid for process in guarded.sandboxes()}
        held = word.encode()
        holders = {process.pid for process in guarded.processes() if holds(process.pid, held)}
    assert guarded.process.pid in holders
    assert guarded.zygote().pid not in holders
    assert len(holders & sandboxes) == 1
    assert len(sandboxes) > 1
    assert holders <= {guarded.process.pid, *sandboxes}


def test_what_a_call_said_is_gone_with_it(guarded: RunningServer) -> None:
    word = secrets.token_hex(24)
    with another_call(guarded, word):
        pass
    guarded.value("def f(model, tokenizer): return 1")

    def holders() -> list[int]:
        below = guarded.processes()[1:]
        return [process.pid for process in below if holds(process.pid, word.encode())]

    wait_until(lambda: not holders())  # the sandbox is ended while the next call runs


def test_no_file_with_a_secret_can_be_reached(
    guarded: RunningServer, home: Path, token: str
) -> None:
    """Neither those of the container nor what /proc has of any process, tried from inside."""
    processes = [str(process.pid) for process in guarded.processes()]
    paths = [str(home / name) for name in FILES] + [
        f"/proc/{pid}/{name}"
        for pid in ("self", "1", *processes)
        for name in ("environ", "cmdline", "mem", f"root{home}/.modal.toml", "maps")
    ]
    assert [token in Path(path).read_text() for path in paths[: len(FILES)]] == [True] * len(FILES)
    source = """
import glob, os
def f(model, tokenizer, paths):
    found = {}
    for path in paths + glob.glob("/proc/*/environ") + glob.glob("/root/.*"):
        for way in (lambda: open(path, "rb").read(64), lambda: os.readlink(path)):
            try:
                found[path] = way()
            except OSError:
                pass
    return found
"""
    assert guarded.value(source, paths) == {}
    assert (
        guarded.value("import os\ndef f(model, tokenizer): return list(os.environ.items())") == []
    )


def test_the_zygote_begins_with_hardly_any_environment(guarded: RunningServer) -> None:
    """The block that a program begins with stays in its memory, and in its forks'."""
    block = Path(f"/proc/{guarded.zygote().pid}/environ").read_bytes()
    names = {entry.partition(b"=")[0].decode() for entry in block.split(b"\0") if entry}
    assert names <= {"PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH"}
