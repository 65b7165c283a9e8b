"""What counts as a technique."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cloche import SourceError, Technique

if TYPE_CHECKING:
    from pathlib import Path


def test_file_names_its_entry_point(tmp_path: Path) -> None:
    path = tmp_path / "lens.py"
    path.write_text("def _h(): ...\ndef lens(model, tokenizer): ...\n")
    assert Technique.of(path).entry_point == "lens"
    assert Technique.of(path, entry_point="_h").entry_point == "_h"


def test_file_without_such_a_function(tmp_path: Path) -> None:
    path = tmp_path / "lens.py"
    path.write_text("def other(model, tokenizer): ...\n")
    assert Technique.of(path).entry_point == "other"
    path.write_text("def one(m, t): ...\ndef other(m, t): ...\n")
    assert Technique.of(path).entry_point == ""
    path.write_text("def broken(:\n")
    assert Technique.of(path).entry_point == ""


@pytest.mark.parametrize("make", ["missing", "directory", "binary"])
def test_unreadable_file(tmp_path: Path, make: str) -> None:
    path = tmp_path / "t.py"
    if make == "directory":
        path.mkdir()
    elif make == "binary":
        path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match=f"cannot read {path}"):
        Technique.of(path)


def test_function() -> None:
    def f(model: Any, tokenizer: Any) -> int:
        return 1

    technique = Technique.of(f)
    assert technique.entry_point == "f"
    assert technique.source.startswith("from __future__ import annotations\n\n\ndef f(")
    assert Technique.of(technique) is technique
    with pytest.raises(SourceError, match="is its own entry point"):
        Technique.of(f, entry_point="g")


def test_value_is_frozen_and_compares_by_source() -> None:
    assert Technique("def f(): ...", "f") == Technique("def f(): ...", "f")
    with pytest.raises(AttributeError):
        Technique("def f(): ...").source = "x"  # type: ignore[misc]


def test_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "marked.py"
    path.write_bytes(b"\xef\xbb\xbfdef marked(model, tokenizer):\n    return 1\n")
    made = Technique.of(path)
    assert made.source.startswith("def marked")
    assert made.entry_point == "marked"


@pytest.mark.parametrize(
    ("value", "got"), [(None, "'NoneType'"), (b"def", "'bytes'"), (int, "int")]
)
def test_what_is_no_technique(value: Any, got: str) -> None:
    with pytest.raises(SourceError, match=f"a technique is a function.*got .*{got}"):
        Technique.of(value)
