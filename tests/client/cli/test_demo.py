"""`cloche demo`, on a tiny model: every step but for what only a real model knows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cloche.cli import _demo_steps
from cloche.cli._demo_steps import STEPS, DemoError, Stage, Step, technique_file
from rich.console import Console

from tests.client.cli.test_app import run

if TYPE_CHECKING:
    from cloche import InterpClient

ROOT = Path(__file__).parents[3]


@pytest.fixture
def on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [str(ROOT / "client"), str(ROOT / "server"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))


@pytest.mark.usefixtures("on_path")
def test_every_step(tiny_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run("demo", "--model", str(tiny_model))
    out, err = capsys.readouterr()
    assert code == 0, err
    assert out.count("✓") == len(STEPS)
    for step in STEPS:
        assert step.title in out


def test_techniques_are_found() -> None:
    for name in ("next_token", "logit_lens", "attention_patterns", "prefill_attack"):
        assert technique_file(name).is_file()
    with pytest.raises(DemoError, match=r"nothing.py is missing"):
        technique_file("nothing")


def test_step_that_fails_ends_the_demo(
    client: InterpClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cloche.cli.demo import _take

    def broken(stage: Stage) -> str:
        _demo_steps._require(False, "the model changed")
        return "never said"

    stage = Stage(client=client, console=Console(), knows_paris=False)
    with pytest.raises(Exception, match="1"):
        _take(1, Step("Title", "Why.", broken), stage)
    out, err = capsys.readouterr()
    assert "step 1 failed: the model changed" in err
    assert "✓" not in out


def test_missing_server_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run("demo") == 5
    assert "pip install 'cloche[demo]'" in capsys.readouterr().err


def test_pristine_check_sees_a_single_bit() -> None:
    import torch

    one, other = torch.zeros(3), torch.zeros(3)
    assert _demo_steps._same_bits(one, other)
    other[1] = -0.0
    assert not _demo_steps._same_bits(one, other)
    assert not _demo_steps._same_bits(one, one.double())
