"""`cloche convert`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.client.cli.test_app import run

if TYPE_CHECKING:
    from pathlib import Path

METHOD = "def f(self, x):\n    return self.model, x\n"
FUNCTION = "def f(model, tokenizer, x):\n    return model, x\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "backend.py"
    path.write_text(METHOD)
    return path


def test_to_stdout(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("convert", str(file)) == 0
    assert capsys.readouterr() == (FUNCTION, "")


def test_to_a_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = file.with_name("f.py")
    assert run("convert", str(file), "-o", str(target)) == 0
    assert target.read_text() == FUNCTION
    assert capsys.readouterr() == ("", f"wrote {target}\n")


def test_findings_like_a_compiler(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("def f(self):\n    return self.model, self.z\n")
    target = file.with_name("f.py")
    assert run("convert", str(file), "-o", str(target)) == 1
    out, err = capsys.readouterr()
    assert out == (
        f"{file}:2:24: nothing in this source says what self.z is; "
        "take z as an argument, or convert the class that it comes from\n"
    )
    assert err == "1 finding, nothing converted\n"
    assert not target.exists()


def test_unreadable_and_unwritable(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("convert", str(file.parent / "none.py")) == 2
    assert "cannot read" in capsys.readouterr().err
    file.write_bytes(b"\xff")
    assert run("convert", str(file)) == 2
    assert "not UTF-8" in capsys.readouterr().err
    file.write_text(METHOD)
    assert run("convert", str(file), "-o", str(file.parent / "no" / "f.py")) == 2
    assert "cannot write" in capsys.readouterr().err
