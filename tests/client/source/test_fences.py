"""Source in Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest
from cloche import Technique
from cloche.source.fences import unfenced

CODE = "def f(model, tokenizer):\n    return 1\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("```python\n", "```\n"),
        ("```\n", "```\n"),
        ("~~~py\n", "~~~\n"),
        ("Here it is:\n\n```python\n", "```\n\nIt's a technique.\n"),
        ("Here it is:\n````python\n", "````\n"),
        ("```json\n{}\n```\ntext\n```python\n", "```\n```sh\nls\n```\n"),
        ("It's cut short:\n```python\n", ""),
    ],
)
def test_the_code_keeps_its_lines(before: str, after: str) -> None:
    text = before + CODE + after
    found = unfenced(text).split("\n")
    at = before.count("\n")
    assert found[at : at + 2] == CODE.splitlines()
    assert not any(found[:at] + found[at + 2 :])


def test_several_blocks_are_one_source() -> None:
    text = f"First:\n```python\nK = 1\n```\nthen:\n```python\n{CODE}```\n"
    assert [line for line in unfenced(text).splitlines() if line] == ["K = 1", *CODE.splitlines()]


@pytest.mark.parametrize(
    "source",
    [
        CODE,
        'X = """\n```python\nno\n```\n"""\n' + CODE,
        "def f(:\n",
        "no fence, no Python\n",
        "```python\n```\n",
    ],
)
def test_what_is_python_or_has_no_code_stays(source: str) -> None:
    assert unfenced(source) == source


def test_of_text_and_of_files(tmp_path: Path) -> None:
    path = tmp_path / "answer.md"
    path.write_text(f"Sure:\n```python\n{CODE}```\n")
    for technique in (Technique.of(path.read_text()), Technique.of(path)):
        assert technique.source.split("\n")[2:4] == CODE.splitlines()
    assert Technique.of(path).entry_point == "f"
