"""The image's recipe: what it installs is what pyproject.toml and constraints.txt say."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from cloche.contract.config import ConfigError
from cloche_server.hosting.image import PINS, PYTHON, UV, Image, Step, hf_image
from cloche_server.hosting.lock import LOCK
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return found[0]


_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SERVER = (*_PROJECT["dependencies"], *_PROJECT["optional-dependencies"]["server"])


def test_only_what_the_server_needs_is_pinned() -> None:
    assert {_name(pin) for pin in PINS} <= {_name(item) for item in SERVER}


def test_the_pins_are_those_of_the_tests() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    constraints = {line for line in lines if line and not line.startswith("#")}
    needed = {_name(item) for item in SERVER}
    assert set(PINS) == {line for line in constraints if _name(line) in needed}


def _needed(requirements: tuple[str, ...]) -> set[str]:
    """The names of these packages and of all that they need, as installed here."""
    found: set[str] = set()
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found:
            continue
        found.add(name)
        for text in metadata.distribution(name).requires or ():
            each = Requirement(text)
            extras = ("", *wanted.extras)
            if each.marker is None or any(each.marker.evaluate({"extra": e}) for e in extras):
                waiting.append(each)
    return found


def test_the_lock_has_all_packages_at_one_release_and_no_cuda() -> None:
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in LOCK)
    locked = {canonicalize_name(_name(line)) for line in LOCK}
    assert len(locked) == len(LOCK)
    assert set(PINS) <= set(LOCK)
    cuda = {name for name in _needed(SERVER) if name.startswith(("nvidia", "cuda"))}
    assert _needed(SERVER) - cuda - {"triton"} <= locked
    assert not [line for line in LOCK if re.search("nvidia|cuda|triton", line)]
    for line in SERVER:
        wanted = Requirement(line)
        (release,) = (
            each.split("==")[1] for each in LOCK if _name(each).lower() == wanted.name.lower()
        )
        assert release in wanted.specifier


def test_two_builds_agree() -> None:
    torch, rest = hf_image.steps
    assert torch.values == ("torch==2.13.0",)
    assert dict(torch.options)["index_url"] == "https://download.pytorch.org/whl/cpu"
    assert {*torch.values, *rest.values} == set(LOCK)
    for step in hf_image.steps:
        assert dict(step.options)["extra_options"] == "--no-deps"
        assert dict(step.options)["uv_version"] == UV


def test_another_index_is_an_option_of_the_image() -> None:
    image = hf_image.uv_pip_install("ours", extra_index_url="https://packages.invalid/simple")
    assert image.steps[-1] == Step(
        "uv_pip_install",
        ("ours", *PINS),
        (("uv_version", UV), ("extra_index_url", "https://packages.invalid/simple")),
    )
    assert "extra_index_url=https://packages.invalid/simple ours" in str(image.steps[-1])
    with pytest.raises(ConfigError, match="extra_index_url is 'http://x'; it must begin with"):
        hf_image.pip_install("ours", extra_index_url="http://x")


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
