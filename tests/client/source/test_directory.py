"""A directory of techniques."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cloche import (
    InterpClient,
    SourceError,
    TechniqueFilesError,
    load_techniques_from_dir,
)

from tests.client.support.fake_server import FakeService, running_it

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = "def {name}(model, tokenizer, x=1):\n    return ['{name}', x]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "techniques"
    path.mkdir()
    for name in ("lens", "probe"):
        (path / f"{name}.py").write_text(GOOD.format(name=name))
    return path


def test_names_and_entry_points(folder: Path) -> None:
    (folder / "lens.py").write_text("def helper(): ...\ndef lens(model, tokenizer): ...\n")
    (folder / "only.py").write_text("def _h(): ...\ndef run(model, tokenizer): ...\n")
    loaded = load_techniques_from_dir(str(folder), strict=True)
    assert {name: made.entry_point for name, made in loaded.items()} == {
        "lens": "lens", "only": "run", "probe": "probe",
    }  # fmt: skip
    assert list(loaded) == ["lens", "only", "probe"]
    assert loaded.path == folder
    assert not loaded.broken
    assert "lens" in loaded
    assert "other" not in loaded
    with pytest.raises(KeyError, match="other"):
        loaded["other"]


def test_runs(folder: Path, client: InterpClient, service: FakeService) -> None:
    service.handler = running_it
    techniques = client.load_techniques_from_dir(folder)
    assert client.run(techniques["probe"], 5) == ["probe", 5]


def test_what_is_no_technique_of_its_own(folder: Path) -> None:
    for name in ("_helpers.py", "__init__.py", ".hidden.py", "notes.md", "lens.pyc"):
        (folder / name).write_text("def f(: broken")
    (folder / "below").mkdir()
    (folder / "below" / "deep.py").write_text(GOOD.format(name="deep"))
    (folder / "package.py").mkdir()
    assert list(load_techniques_from_dir(folder, strict=True)) == ["lens", "probe"]


def test_a_later_edit_does_not_change_what_is_loaded(folder: Path) -> None:
    before = load_techniques_from_dir(folder)
    (folder / "lens.py").write_text("def lens(model, tokenizer): return 2\n")
    (folder / "probe.py").unlink()
    assert before["lens"].source == GOOD.format(name="lens")
    assert list(before) == ["lens", "probe"]
    after = load_techniques_from_dir(folder)
    assert list(after) == ["lens"]
    assert "return 2" in after["lens"].source


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def _no_such_target(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.write_text("def f(:\n"), r"bad.py:1:7: invalid syntax"),
        (lambda path: path.write_text("X = 1\ndef _h(): ...\n"), "no public function"),
        (lambda path: path.write_text(""), "no public function"),
        (lambda path: path.write_text("def a(): ...\ndef b(): ...\n"), "It has a, b; name one bad"),
        (lambda path: path.write_text("async def bad(m, t): ...\n"), "no public function"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "not UTF-8"),
        (lambda path: path.write_text("x = '\0'"), "null bytes"),
        (lambda path: path.write_text("-" * 100_000 + "1"), "bad.py"),
        (_link_to_itself, "Too many levels of symbolic links"),
        (_no_such_target, "No such file"),
        (os.mkfifo, "not a regular file"),
    ],
)
def test_broken_file(folder: Path, make: Callable[[Path], object], message: str) -> None:
    bad = folder / "bad.py"
    make(bad)
    loaded = load_techniques_from_dir(folder)
    assert list(loaded) == ["lens", "probe"]
    assert list(loaded.broken) == [bad]
    assert "bad" not in loaded
    assert "broken: bad.py" in repr(loaded)
    with pytest.raises(SourceError, match=message) as caught:
        loaded["bad"]
    assert str(bad) in str(caught.value)


def test_strict_lists_all(folder: Path) -> None:
    (folder / "one.py").write_text("def f(:\n")
    (folder / "two.py").write_text("X = 1\n")
    with pytest.raises(TechniqueFilesError) as caught:
        load_techniques_from_dir(folder, strict=True)
    assert [path.name for path in caught.value.broken] == ["one.py", "two.py"]
    head, first, second = str(caught.value).splitlines()
    assert head == f"2 of 4 files in {folder} hold no technique that can be run:"
    assert "one.py:1:7" in first
    assert "two.py: there is no public function" in second


def test_notice_on_stderr_once(
    folder: Path, client: InterpClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.load_techniques_from_dir(folder)
    assert capsys.readouterr() == ("", "")
    (folder / "bad\x1b.py").write_text("X = 1\n")
    client.load_techniques_from_dir(folder)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("not loaded: ") == 1
    assert "bad\\x1b.py" in err


def test_names_that_differ_in_case_alone(folder: Path) -> None:
    (folder / "Lens.py").write_text(GOOD.format(name="Lens"))
    loaded = load_techniques_from_dir(folder)
    assert list(loaded) == ["probe"]
    assert {path.name for path in loaded.broken} == {"Lens.py", "lens.py"}
    with pytest.raises(SourceError, match=r"Lens\.py differs from it in case alone"):
        loaded["lens"]


def test_empty_directory(tmp_path: Path) -> None:
    assert dict(load_techniques_from_dir(tmp_path, strict=True)) == {}


@pytest.mark.parametrize("kind", ["missing", "file", "loop"])
def test_no_directory(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "here"
    if kind == "file":
        path.write_text("")
    elif kind == "loop":
        path.symlink_to(path)
    with pytest.raises(SourceError, match=f"cannot read the directory {path}"):
        load_techniques_from_dir(path)


def test_our_own_directory() -> None:
    loaded = load_techniques_from_dir(Path(__file__).parents[3] / "techniques", strict=True)
    assert "logit_lens" in loaded
    assert all(technique.entry_point == name for name, technique in loaded.items())
