"""The example for CI: its tests run, and its workflow runs what there is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import typer
from cloche.cli._app import app

from tests.support.server import RunningServer

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/ci"


def test_the_tests_pass_once_they_are_written(server: RunningServer, tmp_path: Path) -> None:
    folder = tmp_path / "examples/ci"
    folder.mkdir(parents=True)
    shutil.copy(EXAMPLE / "test_techniques.py", folder)
    (tmp_path / "techniques").symlink_to(ROOT / "techniques")
    command = [
        sys.executable, "-m", "pytest", "-q", "-c", os.devnull,
        "-p", "no:cacheprovider", "--rootdir", str(tmp_path),
        "--cloche-address", server.address, str(folder),
    ]  # fmt: skip
    for more, code in (([], 1), (["--cloche-update"], 0), ([], 0)):
        done = subprocess.run([*command, *more], capture_output=True, text=True, timeout=280)
        assert done.returncode == code, done.stdout


def test_the_workflow_uses_verbs_and_options_that_there_are() -> None:
    text = (EXAMPLE / "github-workflow.yml").read_text()
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    used = re.findall(r"run: cloche (\w+) (.*)", text)
    assert {verb for verb, _ in used} == {"check", "run"}
    for verb, rest in used:
        known = {name for each in commands[verb].params for name in each.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known
