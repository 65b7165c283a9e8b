"""`cloche info`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cloche.cli._console import out
from cloche.cli.info import tables
from cloche.client.info import server_info
from cloche.v1 import execution_pb2 as pb

from tests.client.cli.test_app import run

if TYPE_CHECKING:
    import pytest


def test_tables(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("info", "-a", address) == 0
    out = capsys.readouterr().out
    for text in (
        "ready",
        "TinyForCausalLM",
        "1,234,567 parameters",
        "dequantised from fp8",
        "600.5 s",
        "source 0 B, arguments 0 B",
        "landlock",
        "ENOSYS",
    ):
        assert text in out


def test_json(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("info", "-a", address, "--json") == 0
    assert json.loads(capsys.readouterr().out)["model"]["name"] == "tiny"


def test_while_the_model_loads(capsys: pytest.CaptureFixture[str]) -> None:
    answer = pb.GetServerInfoResponse(
        state=pb.SERVER_STATE_STARTING,
        state_detail="loading org/m",
        state_fraction=0.3,
        model=pb.ModelInfo(name="org/m"),
    )
    out.print(tables(server_info(answer)))
    shown = capsys.readouterr().out
    assert "starting, loading org/m, 30%" in shown
    assert "not known yet" in shown
    for empty in ("class", "weights  ", "imports", "versions", "0 parameters", "layer"):
        assert empty not in shown.replace("class and weights", "").replace("imported", "")
