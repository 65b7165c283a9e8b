"""The image's recipe: what it installs is what pyproject.toml and constraints.txt say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from cloche.contract.config import ConfigError
from cloche_server.hosting.image import PINS, PYTHON, REQUIREMENTS, Image, Step, hf_image

ROOT = Path(__file__).parents[3]


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return found[0]


def test_it_installs_what_the_server_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {*project["dependencies"], *project["optional-dependencies"]["server"]}
    pinned = {_name(pin) for pin in PINS}
    assert set(REQUIREMENTS) == {item for item in needed if _name(item) not in pinned}
    assert pinned <= {_name(item) for item in needed}


def test_the_pins_are_those_of_the_tests() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    constraints = {line for line in lines if line and not line.startswith("#")}
    needed = {_name(pin) for pin in (*PINS, *REQUIREMENTS)}
    assert set(PINS) == {line for line in constraints if _name(line) in needed}


def test_python_is_one_that_the_project_supports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={PYTHON}"


def test_steps_add_up_and_leave_the_base_alone() -> None:
    before = hf_image.steps
    image = hf_image.pip_install("scipy").apt_install("git", "curl").env({"A": "b=c"})
    image = image.run_commands("true")
    assert hf_image.steps == before
    assert image.steps[len(before) :] == (
        Step("pip_install", ("scipy", *PINS)),
        Step("apt_install", ("git", "curl")),
        Step("env", ("A=b=c",)),
        Step("run_commands", ("true",)),
    )


@pytest.mark.parametrize("packages", [(), ("",), (3,)])
def test_nothing_to_install_is_refused(packages: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match=r"image.pip_install: .*give one text or more"):
        Image().pip_install(*packages)
