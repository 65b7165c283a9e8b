"""The example in C++: built from the definitions, on the vectors, and against a real server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cloche.contract.config import ServerConfig

from tests.support.server import RunningServer
from tests.support.shared_server import shared_server

ROOT = Path(__file__).parents[2]


def run(
    *arguments: str, stdin: str = "", timeout: int = 60, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments, input=stdin, capture_output=True, text=True, encoding="utf-8", timeout=timeout,
        env={**os.environ, **variables},
    )  # fmt: skip


#: msgpack-cxx writes whole floats as ints.
WRITTEN_AS_INTS = {
    "float zero",
    "float minus zero",
    "float one, which is no int",
    "float 2^60, which is no int",
}


def _lacking() -> str:
    """What this machine lacks; empty: nothing."""
    for tool in ("cmake", "c++", "protoc", "grpc_cpp_plugin", "pkg-config"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    if run("pkg-config", "--exists", "grpc++", "protobuf").returncode:
        return "gRPC's headers for C++ are not installed (libgrpc++-dev, libprotobuf-dev)"
    if run(
        "c++", "-E", "-x", "c++", "-DMSGPACK_NO_BOOST", "-", stdin="#include <msgpack.hpp>"
    ).returncode:
        return "msgpack.hpp is not installed (libmsgpack-cxx-dev)"
    return ""


LACKING = _lacking()
pytestmark = pytest.mark.skipif(bool(LACKING), reason=LACKING)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the programs."""
    folder = tmp_path_factory.mktemp("cpp")
    for command in (
        ("cmake", "-S", str(ROOT / "examples/cpp"), "-B", str(folder)),
        ("cmake", "--build", str(folder), "--parallel", "2"),
    ):
        done = run(*command, timeout=280)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def vectors(file: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((ROOT / "tests/vectors" / file).read_text())
    return rows


def read(built: Path, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Vector's name → what the program made of its bytes."""
    lines = "".join(row["bytes"] + "\n" for row in rows)
    done = run(str(built / "read_vectors"), stdin=lines)
    assert done.returncode == 0, done.stderr
    names = [row["name"] for row in rows]
    return dict(zip(names, done.stdout.splitlines(), strict=True))


def test_what_the_example_can_read_comes_back(built: Path) -> None:
    """Tensors, arrays, scalars, tuples, and all that msgpack has types for."""
    known = {
        "tensor",
        "array",
        "scalar",
        "tuple",
        "nil",
        "bool",
        "int",
        "float",
        "str",
        "bin",
        "list",
        "map",
    }
    rows = [
        row
        for row in vectors("values.json")
        if set(row["value"]) <= known
        and not row["name"].startswith("big int")
        and row["name"] not in WRITTEN_AS_INTS
    ]
    assert len(rows) > 110
    assert read(built, rows) == {row["name"]: row["bytes"] for row in rows}


def test_damaged_bytes_are_refused(built: Path) -> None:
    """But for what only a full codec looks into: extensions in containers, and texts as UTF-8."""
    beyond = ("key", "UTF-8", "nested", "complex", "timestamp", "nanoseconds")
    rows = [
        row for row in vectors("refused.json") if not any(word in row["reason"] for word in beyond)
    ]
    assert len(rows) > 30
    found = read(built, rows)
    assert found == dict.fromkeys(found, "refused")


def test_against_a_real_server(built: Path, server: RunningServer) -> None:
    technique, text = ROOT / "techniques/next_token.py", "The capital of France is"
    done = run(str(built / "example"), server.address, str(technique), text)
    assert done.returncode == 0, done.stdout + done.stderr
    blocks = [block.splitlines() for block in done.stdout.split("== ")[1:]]
    found = {lines[0]: lines[1:] for lines in blocks}

    model = server.info().model
    assert found["server"] == [
        f"SERVER_STATE_READY {model.architecture} {model.parameters} parameters"
    ]
    probabilities = [float(line.split()[-1]) for line in found["next tokens"]]
    expected = server.value(technique.read_text(), text, 5)
    assert probabilities == pytest.approx([number for _, number in expected], rel=1e-4)
    assert found["a tensor, there and back"] == ["float32 of 2 dimensions: 0.6 0.8 0 1 1 0"]
    assert found["a refusal"][0].startswith("POLICY: ")
    assert found["a refusal"][1].startswith("  line 2: the builtin 'open' refused")
    assert found["a failure"] == ["ValueError: text is empty"]


def test_nobody_there(built: Path, tmp_path: Path) -> None:
    technique = str(ROOT / "techniques/next_token.py")
    done = run(str(built / "example"), f"unix:{tmp_path}/none", technique, "a")
    assert done.returncode == 1
    assert "none" in done.stderr


def test_with_a_token_over_tls(
    built: Path, config: ServerConfig, tmp_path_factory: pytest.TempPathFactory
) -> None:
    technique = str(ROOT / "techniques/next_token.py")
    with shared_server(config, tmp_path_factory.mktemp("shared")) as shared:
        words = (str(built / "example"), shared.address, technique, "The capital of France is")
        token, ca = shared.draw().text, str(shared.authority.ca)
        done = run(*words, CLOCHE_TOKEN=token, CLOCHE_TLS=ca)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "POLICY: " in done.stdout
        wrong = run(*words, CLOCHE_TOKEN=token[:-1], CLOCHE_TLS=ca)
        assert (wrong.returncode, "token" in wrong.stderr) == (1, True)
        clear = run(*words, CLOCHE_TOKEN=token)
        assert "a token goes over TLS only" in clear.stderr
        assert token not in done.stdout + done.stderr + wrong.stderr + clear.stderr
