"""`cloche info`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

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
