"""`cloche run`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cloche import wire

from tests.client.cli.test_app import run
from tests.client.support.fake_server import FakeService, returning, running_it

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def really(service: FakeService) -> None:
    service.handler = running_it


def test_values(address: str, technique: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", technique, "5", "plain", "k=[1, 2.5]", "t=a b", "--json", "-a", address) == 0
    assert json.loads(capsys.readouterr().out) == {
        "args": [5, "plain"],
        "kwargs": {"k": [1, 2.5], "t": "a b"},
    }


def test_function_of_the_file(
    address: str, technique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("run", f"{technique}:other", "-a", address) == 0
    assert capsys.readouterr().out == "other\n"


def test_address_from_the_environment(
    address: str, technique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOCHE_ADDRESS", address)
    assert run("run", technique) == 0


def test_options(service: FakeService, address: str, technique: str) -> None:
    assert (
        run("run", technique, "-a", address, "--timeout", "2", "--seed", "7", "--memory", "1GB")
        == 0
    )
    options = service.calls[0].options
    assert (options.timeout.seconds, options.seed, options.memory_bytes) == (2, 7, 10**9)


def test_save(
    address: str, technique: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.msgpack"
    assert run("run", technique, "x=1", "-a", address, "--save", str(target)) == 0
    assert wire.decode(target.read_bytes()) == {"args": (), "kwargs": {"x": 1}}
    assert capsys.readouterr().out == ""


def test_arrays_are_summarised(
    service: FakeService, address: str, technique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service.handler = returning({"map": np.eye(10), "name": "x"})
    assert run("run", technique, "-a", address) == 0
    assert "map: array float64 [10×10], min 0, mean 0.1, max 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        ((), "--address host:port of a running server, or --model"),
        (("-a", "localhost:1", "--dtype", "float32"), "--dtype is for --model"),
        (("-a", "nonsense"), "'host:port', 'unix:/path"),
        (("-a", "localhost:1", "k=1", "k=2"), "k is given twice"),
        (("-a", "localhost:1", "k=@/no/such/file"), "cannot read /no/such/file"),
        (("-a", "localhost:1", "--memory", "lots"), "memory is 'lots'"),
        (("-a", "localhost:1", "--seed", "-1"), "seed is -1"),
    ],
)
def test_usage(
    technique: str, extra: tuple[str, ...], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("run", technique, *extra) == 2
    assert text in " ".join(capsys.readouterr().err.split())


def test_missing_file(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", "/no/such.py", "-a", address) == 2
    assert "cannot read /no/such.py" in capsys.readouterr().err


def test_text_comes_out_as_it_is(
    service: FakeService, address: str, technique: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", "20")
    text = "one\ttwo " + "word " * 30 + "\x1b[2J"
    service.handler = returning(text)
    assert run("run", technique, "-a", address) == 0
    assert capsys.readouterr().out == text + "\n"


def test_json_holds_no_controls(
    service: FakeService, address: str, technique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    value = {"key\x9b": ["\x1b[2J", "é" * 300, 10**5000]}
    service.handler = returning(value)
    assert run("run", technique, "-a", address, "--json") == 0
    out = capsys.readouterr().out
    assert not {"\x9b", "\x1b"} & set(out)
    assert json.loads(out) == {"key\x9b": ["\x1b[2J", "é" * 300, hex(10**5000)]}


def test_result_too_deep_for_json(
    service: FakeService, address: str, technique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    value: list[object] = []
    for _ in range(500):
        value = [value]
    service.handler = returning(value)
    assert run("run", technique, "-a", address, "--json") == 2
    assert "nested too deep for JSON; use --save" in capsys.readouterr().out
    assert run("run", technique, "-a", address) == 0


def test_the_variable_does_not_stand_in_the_way_of_model(
    technique: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLOCHE_ADDRESS", "localhost:1")
    assert run("run", technique, "--model", "x", "--dtype", "float12") == 2
    assert "dtype is 'float12'; it must be one of float32" in capsys.readouterr().err


def test_deep_json_argument_is_text(
    service: FakeService, address: str, technique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    deep = "[" * 100_000
    assert run("run", technique, f"x={deep}", "-a", address) == 0
    assert wire.decode(service.calls[0].kwargs) == {"x": deep}


def test_an_address_that_was_typed_stands_beside_model(
    service: FakeService, address: str, technique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the variable has the same: what counts is who said it."""
    monkeypatch.setenv("CLOCHE_ADDRESS", address)
    assert run("run", technique, "--address", address, "--model", "one") == 0
    assert service.calls[0].model == "one"
