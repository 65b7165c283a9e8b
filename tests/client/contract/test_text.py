"""What a server or a model wrote is shown on a terminal, never obeyed by it."""

from __future__ import annotations

import json

import pytest
from cloche.contract.text import in_json, one_line, printed, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日本\u3000\n\ttext", "plain é 日本\u3000\n\ttext"),
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("\x9b2J\r\x7f", "\\x9b2J\\x0d\\x7f"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("\udc80", "\\udc80"),
        ("می\u200cخواهم 👩\u200d🔬", "می\u200cخواهم 👩\u200d🔬"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m\n", "\x1b[1;31mred\x1b[0m\n"),
        ("10%\r20%\b", "10%\r20%\b"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x1b]52;c;aGk=\x07", "\\x1b]52;c;aGk=\\x07"),
        ("\x1b", "\\x1b"),
        ("\x9b31m", "\\x9b31m"),
        ("\x1b[31\nm", "\\x1b[31\nm"),
    ],
)
def test_printed(text: str, shown: str) -> None:
    assert printed(text) == shown


def test_one_line() -> None:
    assert one_line("a\n b\x1b[2J" + "x" * 99, 12) == "a b\\x1b[2Jxx"


def test_json_keeps_its_meaning() -> None:
    value = {"a\x9b": ["\x1b\n", "é\u202e"]}
    text = in_json(json.dumps(value, ensure_ascii=False))
    assert "\x9b" not in text
    assert json.loads(text) == value
