"""A technique's file with helper files beside it becomes one source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cloche import InterpClient, SourceError, Technique

from tests.client.support.fake_server import FakeService, running_it


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "probes"
    made.mkdir()
    return made


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)


def result_of(technique: Technique) -> Any:
    namespace: dict[str, Any] = {}
    exec(compile(technique.source, "<technique>", "exec"), namespace)
    return namespace[technique.entry_point](None, None)


HELPER = "import math\n\nBASE = 2\n\n\ndef power(n):\n    return math.pow(BASE, n)\n"


@pytest.mark.parametrize(
    "statement",
    [
        "from _helper import power",
        "from ._helper import power",
        "from probes._helper import power",
        "from _helper import (\n    power,\n    BASE,\n)",
    ],
)
def test_a_helper_travels_along(folder: Path, statement: str) -> None:
    write(folder, _helper=HELPER, probe=f"{statement}\n\ndef probe(m, t):\n    return power(3)\n")
    technique = Technique.of(folder / "probe.py")
    assert technique.entry_point == "probe"
    assert "_helper" not in technique.source
    assert result_of(technique) == 8


def test_other_names_and_helpers_of_helpers(folder: Path) -> None:
    write(
        folder,
        _base="def one():\n    return 1\n",
        _helper="from _base import one\n\ndef two():\n    return one() + one()\n",
        main="from _helper import two as double\nfrom _base import one\n\n"
        "def answer(m, t):\n    return double() + one()\n",
    )
    technique = Technique.of(folder / "main.py")
    assert technique.entry_point == "answer", "the file's only public function"
    assert result_of(technique) == 3
    assert technique.source.count("def one") == 1


def test_annotations_stay_text(folder: Path) -> None:
    write(
        folder,
        _helper="def one() -> int:\n    return 1\n",
        main='"""Text."""\nfrom __future__ import annotations\n\nfrom _helper import one\n\n'
        "def main(m: Missing, t) -> Missing:\n    return one()\n",
    )
    assert result_of(Technique.of(folder / "main.py")) == 1


def test_without_helpers_the_source_is_the_file(folder: Path) -> None:
    text = "from __future__ import annotations\nimport torch\n\ndef f(m, t): ...\n"
    write(folder, f=text)
    assert Technique.of(folder / "f.py").source == text


def test_an_error_in_a_helper_is_told_in_its_own_lines(
    folder: Path, client: InterpClient, service: FakeService
) -> None:
    write(folder, _helper=HELPER, probe="from _helper import power\n\ndef probe(m, t): ...\n")
    technique = Technique.of(folder / "probe.py")
    lines = technique.source.split("\n")
    places = [o and (Path(o.file).name, o.line) for o in technique._origins]
    assert places[lines.index("def power(n):")] == ("_helper.py", 6)
    assert places[lines.index("def probe(m, t): ...")] == ("probe.py", 3)
    service.handler = running_it
    assert client.run(technique) is None


@pytest.mark.parametrize(
    ("main", "helper", "message"),
    [
        ("from _gone import x", "", r"cannot read .*_gone\.py: No such file"),
        ("from _helper import nothing", HELPER, r"main\.py:1: _helper\.py defines no 'nothing'"),
        ("from _helper import *", HELPER, r"main\.py:1: name what you import from _helper\.py"),
        ("from _helper import math", HELPER, r"_helper\.py defines no 'math'"),
        ("from _helper import power", "def power(:", r"main\.py:1: .*_helper\.py is not Python"),
        ("from _helper import x", "from _helper import x", "imported while it is being read"),
        ("x = 1; from _helper import power", HELPER, r"main\.py:1: give this import a line"),
        (
            "from _helper import power\nBASE = 3",
            HELPER,
            r"_helper\.py:3: 'BASE' is defined in main\.py too, .* rename one",
        ),
    ],
)
def test_what_cannot_travel_is_said(folder: Path, main: str, helper: str, message: str) -> None:
    write(folder, main=f"{main}\n\ndef main(m, t): ...\n", _helper=helper)
    with pytest.raises(SourceError, match=message):
        Technique.of(folder / "main.py")


@pytest.mark.parametrize("main", ["from _helper import (", "import _helper", "import __future__"])
def test_all_else_is_left_to_the_server(folder: Path, main: str) -> None:
    write(folder, main=main, _helper=HELPER)
    assert Technique.of(folder / "main.py").source == main


def test_a_directory_of_them(folder: Path, client: InterpClient, service: FakeService) -> None:
    write(
        folder,
        _helper=HELPER,
        eight="from _helper import power\n\ndef eight(m, t):\n    return power(3)\n",
        alone="def alone(m, t):\n    return 1\n",
        lost="from _gone import x\n\ndef lost(m, t): ...\n",
    )
    service.handler = running_it
    loaded = client.load_techniques_from_dir(folder)
    assert {name: client.run(technique) for name, technique in loaded.items()} == {
        "eight": 8,
        "alone": 1,
    }
    assert [path.name for path in loaded.broken] == ["lost.py"]
