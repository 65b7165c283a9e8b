"""Nothing but the technique's own text where there is no terminal."""

from __future__ import annotations

import io

import pytest
from cloche._display import CallDisplay, write_output


def test_silent_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with CallDisplay(enabled=True) as display:
        display.update(1, 2, "note")
    assert capsys.readouterr() == ("", "")


def test_text_that_the_terminal_cannot_write(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    write_output("stdout", "é☃")
    assert raw.getvalue() == b"\\xe9\\u2603"
