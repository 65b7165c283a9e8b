"""Arguments as words."""

from __future__ import annotations

from pathlib import Path

import pytest
from cloche.cli._values import parse_values, split_target


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("k=1", 1), ("k=1.5", 1.5), ("k=true", True), ("k=null", None), ("k=[1]", [1]),
        ('k="1"', "1"), ("k=Paris is", "Paris is"), ("k=", ""), ("k=a=b", "a=b"),
        ('k={"a": 1}', {"a": 1}), ('k="@me"', "@me"), ("k=@", "@"), ("k={bad", "{bad"),
    ],
)  # fmt: skip
def test_named(word: str, value: object) -> None:
    assert parse_values([word]) == ([], {"k": value})


@pytest.mark.parametrize(
    ("word", "value"), [("1", 1), ("hi there", "hi there"), ('"a=b"', "a=b"), ("1=2", "1=2")]
)
def test_positional(word: str, value: object) -> None:
    assert parse_values([word]) == ([value], {})


def test_file(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("12\n")
    assert parse_values([f"k=@{path}"]) == ([], {"k": "12\n"})


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("a.py", (Path("a.py"), "")),
        ("dir/a.py:f", (Path("dir/a.py"), "f")),
        ("a.py:3x", (Path("a.py:3x"), "")),
    ],
)
def test_target(target: str, parts: tuple[Path, str]) -> None:
    assert split_target(target) == parts
