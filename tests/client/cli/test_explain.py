"""`cloche explain`."""

from __future__ import annotations

import json

import pytest

from tests.client.cli.test_app import run


def test_a_row_and_what_to_write_instead(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "torch.load", "math.sqrt") == 0
    told = capsys.readouterr().out
    assert "torch.load  refused: reads or writes files" in told
    assert "(tables/refused/torch.py:" in told
    assert "instead   pass the tensor as an argument" in told
    assert "math.sqrt  allowed: Allow(math): pure arithmetic" in told


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "open", "--json") == 0
    (answer,) = json.loads(capsys.readouterr().out)
    assert (answer["asked"], answer["verdict"]) == ("open", "refused")
    assert answer["rows"][0]["file"] == "tables/refused/standard_library.py"


def test_what_is_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "a b") == 2
    assert "'a b' is no name; write torch.Tensor.norm" in capsys.readouterr().err
